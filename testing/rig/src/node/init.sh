# The first process of a node, in namespaces of its own. It says on standard error what it does, so that what the system
# does not let it do is the end of its log.
#
# FOLDER: where all is that belongs to the node. USR: programs that the system need not have. CONTROLLERS: the hierarchies
# of cgroups (v1) to be seen. PROBE: what waits in the end.
set -eux

# As long as this is the machine's /proc it tells the machine's number of this process.
read -r process rest </proc/self/stat

mount -t overlay -o "lowerdir=$USR:/usr" overlay /usr
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
for controllers in $CONTROLLERS; do
    place="/sys/fs/cgroup/${controllers#name=}"
    mkdir "$place"
    case "$controllers" in name=*) controllers="none,$controllers" ;; esac
    mount -t cgroup -o "$controllers" cgroup "$place"
done

# Settings of the machine cannot be changed from here, those of this network alone can. What the kubelet wants of some
# (setupKernelTunables in k8s.io/kubernetes/pkg/kubelet/cm/container_manager_linux.go, v1.36.3) it is shown.
mount --bind /proc/sys/net "$FOLDER/net"
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
mount --move "$FOLDER/net" /proc/sys/net
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
    kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    file="$FOLDER/settings/${setting%%=*}"
    mkdir -p "${file%/*}"
    echo "${setting#*=}" >"$file"
    mount --bind "$file" "/proc/sys/${setting%%=*}"
done

# Where programs of a node write.
mount -t tmpfs -o mode=755 tmpfs /run
mount --bind "$FOLDER/lib" /var/lib
mount --bind "$FOLDER/log" /var/log
mount --make-rshared /

hostname node
ip link set lo up
ip link add node type bridge
ip address add 10.99.0.1/24 dev node
ip link set node up
# Leads nowhere, but who looks for the address of a Service finds a way before kube-proxy changes the address.
ip route add default dev node
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables

echo "$process" >"$FOLDER/started"
mv "$FOLDER/started" "$FOLDER/init"
exec "$PROBE" sleep
