//! Configuration of the API server, and security contexts of OpenShift.

use serde_json::json;

use super::{Sample, told};

pub fn samples() -> Vec<Sample> {
    vec![
        Sample {
            api_version: "apiserver.config.k8s.io/v1",
            kind: "EncryptionConfiguration",
            fields: json!({"resources": [{"resources": ["secrets"], "providers": [{"aescbc": {"keys": [{"name": "a", "secret": "c2VjcmV0IGlzIHNlY3VyZQ=="}]}}, {"aesgcm": {"keys": []}}, {"secretbox": {"keys": [{"name": "b", "secret": "?"}]}}, {"kms": {"apiVersion": "v2", "name": "k", "cachesize": 10, "endpoint": "unix:///a", "timeout": "3s"}}, {"identity": {}}]}]}),
            read: |body| {
                let encrypted = &body.encryption()?.resources[0];
                let providers = &encrypted.providers;
                let key = &providers[0].aescbc.as_ref()?.keys[0];
                let judged = key.secret?;
                let other = providers[2].secretbox.as_ref()?.keys[0].secret?.length;
                let kms = providers[3].kms.as_ref()?;
                told((
                    &encrypted.resources,
                    &*key.name,
                    (judged.length, judged.published),
                    providers[1].aesgcm.is_some(),
                    other,
                    (&*kms.api_version, &*kms.name, kms.cache_size, &*kms.endpoint, kms.timeout?.nanoseconds),
                    providers[4].identity.is_some(),
                    providers[0].identity.is_some(),
                ))
            },
            expected: r#"(["secrets"], "a", (Some(16), true), true, None, ("v2", "k", Some(10), "unix:///a", Some(3000000000)), true, false)"#,
        },
        Sample {
            api_version: "v1",
            kind: "EncryptionConfig",
            fields: json!({"resources": [{"resources": ["secrets"], "providers": [{"aescbc": {"keys": [{"name": "a", "secret": "c2VjcmV0IGlzIHNlY3VyZQ=="}]}}, {"aesgcm": {"keys": []}}, {"secretbox": {"keys": [{"name": "b", "secret": "?"}]}}, {"kms": {"apiVersion": "v2", "name": "k", "cachesize": 10, "endpoint": "unix:///a", "timeout": "3s"}}, {"identity": {}}]}]}),
            read: |body| {
                let encrypted = &body.encryption()?.resources[0];
                let providers = &encrypted.providers;
                let key = &providers[0].aescbc.as_ref()?.keys[0];
                let judged = key.secret?;
                let other = providers[2].secretbox.as_ref()?.keys[0].secret?.length;
                let kms = providers[3].kms.as_ref()?;
                told((
                    &encrypted.resources,
                    &*key.name,
                    (judged.length, judged.published),
                    providers[1].aesgcm.is_some(),
                    other,
                    (&*kms.api_version, &*kms.name, kms.cache_size, &*kms.endpoint, kms.timeout?.nanoseconds),
                    providers[4].identity.is_some(),
                    providers[0].identity.is_some(),
                ))
            },
            expected: r#"(["secrets"], "a", (Some(16), true), true, None, ("v2", "k", Some(10), "unix:///a", Some(3000000000)), true, false)"#,
        },
        Sample {
            api_version: "apiserver.config.k8s.io/v1",
            kind: "AdmissionConfiguration",
            fields: json!({"plugins": [{"name": "PodSecurity", "path": "a.yaml", "configuration": {"apiVersion": "pod-security.admission.config.k8s.io/v1", "kind": "PodSecurityConfiguration", "defaults": {"enforce": "baseline", "enforce-version": "v1.30", "audit": "restricted", "audit-version": "latest", "warn": "privileged", "warn-version": "v1.29"}, "exemptions": {"usernames": ["u"], "namespaces": ["n"], "runtimeClasses": ["r"]}, "imagePolicy": {"defaultAllow": true, "kubeConfigFile": "/a"}}}]}),
            read: |body| {
                let plugin = &body.admission()?.plugins[0];
                let configuration = plugin.configuration.as_ref()?;
                let defaults = configuration.defaults.as_ref()?;
                let exempt = configuration.exemptions.as_ref()?;
                let images = configuration.image_policy.as_ref()?;
                told((
                    &*plugin.name,
                    &*plugin.path,
                    &*configuration.api_version,
                    &*configuration.kind,
                    (
                        &*defaults.enforce,
                        &*defaults.enforce_version,
                        &*defaults.audit,
                        &*defaults.audit_version,
                        &*defaults.warn,
                        &*defaults.warn_version,
                    ),
                    (&exempt.usernames, &exempt.namespaces, &exempt.runtime_classes),
                    images.default_allow,
                    images.kube_config_file.is_some(),
                ))
            },
            expected: r#"("PodSecurity", "a.yaml", "pod-security.admission.config.k8s.io/v1", "PodSecurityConfiguration", ("baseline", "v1.30", "restricted", "latest", "privileged", "v1.29"), (["u"], ["n"], ["r"]), Some(true), true)"#,
        },
        Sample {
            api_version: "pod-security.admission.config.k8s.io/v1",
            kind: "PodSecurityConfiguration",
            fields: json!({"defaults": {"enforce": "baseline", "enforce-version": "v1.30", "audit": "restricted", "audit-version": "latest", "warn": "privileged", "warn-version": "v1.29"}, "exemptions": {"usernames": ["u"], "namespaces": ["n"], "runtimeClasses": ["r"]}}),
            read: |body| {
                let configuration = body.pod_security()?;
                let defaults = &configuration.defaults;
                let exempt = &configuration.exemptions;
                told((
                    (
                        &*defaults.enforce,
                        &*defaults.enforce_version,
                        &*defaults.audit,
                        &*defaults.audit_version,
                        &*defaults.warn,
                        &*defaults.warn_version,
                    ),
                    (&exempt.usernames, &exempt.namespaces, &exempt.runtime_classes),
                ))
            },
            expected: r#"(("baseline", "v1.30", "restricted", "latest", "privileged", "v1.29"), (["u"], ["n"], ["r"]))"#,
        },
        Sample {
            api_version: "security.openshift.io/v1",
            kind: "SecurityContextConstraints",
            fields: json!({"allowPrivilegedContainer": true, "allowPrivilegeEscalation": false, "allowHostDirVolumePlugin": true, "allowHostNetwork": true, "allowHostPID": false, "allowHostIPC": true, "allowHostPorts": false, "allowedCapabilities": ["*"], "defaultAddCapabilities": ["A"], "requiredDropCapabilities": ["B"], "volumes": ["hostPath"], "runAsUser": {"type": "RunAsAny"}, "users": ["u"], "groups": ["g"], "priority": 10}),
            read: |body| {
                let scc = body.security_context_constraints()?;
                let allows = [
                    scc.allow_privileged_container,
                    scc.allow_privilege_escalation,
                    scc.allow_host_dir_volume_plugin,
                    scc.allow_host_network,
                    scc.allow_host_pid,
                    scc.allow_host_ipc,
                    scc.allow_host_ports,
                ];
                told((
                    allows.map(Option::unwrap),
                    &scc.allowed_capabilities,
                    &scc.default_add_capabilities,
                    &scc.required_drop_capabilities,
                    &scc.volumes,
                    &*scc.run_as_user.as_ref()?.type_,
                    &scc.users,
                    &scc.groups,
                    scc.priority,
                ))
            },
            expected: r#"([true, false, true, true, false, true, false], ["*"], ["A"], ["B"], ["hostPath"], "RunAsAny", ["u"], ["g"], Some(10))"#,
        },
        Sample {
            api_version: "v1",
            kind: "SecurityContextConstraints",
            fields: json!({"allowPrivilegedContainer": true, "allowPrivilegeEscalation": false, "allowHostDirVolumePlugin": true, "allowHostNetwork": true, "allowHostPID": false, "allowHostIPC": true, "allowHostPorts": false, "allowedCapabilities": ["*"], "defaultAddCapabilities": ["A"], "requiredDropCapabilities": ["B"], "volumes": ["hostPath"], "runAsUser": {"type": "RunAsAny"}, "users": ["u"], "groups": ["g"], "priority": 10}),
            read: |body| {
                let scc = body.security_context_constraints()?;
                let allows = [
                    scc.allow_privileged_container,
                    scc.allow_privilege_escalation,
                    scc.allow_host_dir_volume_plugin,
                    scc.allow_host_network,
                    scc.allow_host_pid,
                    scc.allow_host_ipc,
                    scc.allow_host_ports,
                ];
                told((
                    allows.map(Option::unwrap),
                    &scc.allowed_capabilities,
                    &scc.default_add_capabilities,
                    &scc.required_drop_capabilities,
                    &scc.volumes,
                    &*scc.run_as_user.as_ref()?.type_,
                    &scc.users,
                    &scc.groups,
                    scc.priority,
                ))
            },
            expected: r#"([true, false, true, true, false, true, false], ["*"], ["A"], ["B"], ["hostPath"], "RunAsAny", ["u"], ["g"], Some(10))"#,
        },
    ]
}
