package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// serve answers on all ports, each given as tcp:PORT or udp:PORT.
func serve(ports []string) error {
	name, err := os.Hostname()
	if err != nil {
		return err
	}
	failed := make(chan error)
	for _, given := range ports {
		network, port, _ := strings.Cut(given, ":")
		switch network {
		case "tcp":
			listener, err := net.Listen("tcp", ":"+port)
			if err != nil {
				return err
			}
			go func() { failed <- answer(listener, name) }()
		case "udp":
			socket, err := net.ListenPacket("udp", ":"+port)
			if err != nil {
				return err
			}
			go func() { failed <- echo(socket, name) }()
		default:
			return fmt.Errorf("neither tcp:PORT nor udp:PORT: %s", given)
		}
	}
	fmt.Println("serving", strings.Join(ports, " "))
	return <-failed
}

func answer(listener net.Listener, name string) error {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			fmt.Fprintln(connection, name)
			connection.Close()
		}()
	}
}

func echo(socket net.PacketConn, name string) error {
	question := make([]byte, 1500)
	for {
		_, from, err := socket.ReadFrom(question)
		if err != nil {
			return err
		}
		if _, err := socket.WriteTo([]byte(name+"\n"), from); err != nil {
			return err
		}
	}
}

// connect says how an attempt to be answered ends: on TCP by a connection, on UDP by a packet.
func connect(given string, patience time.Duration) error {
	network, address, _ := strings.Cut(given, ":")
	connection, err := net.DialTimeout(network, address, patience)
	if err == nil && network == "udp" {
		connection.SetDeadline(time.Now().Add(patience))
		if _, err = connection.Write([]byte("?")); err == nil {
			_, err = connection.Read(make([]byte, 1500))
		}
	}
	var timeout net.Error
	switch {
	case err == nil:
		fmt.Println("ok")
	case errors.Is(err, syscall.ECONNREFUSED):
		fmt.Println("refused")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EPERM):
		fmt.Println("unreachable")
	case errors.As(err, &timeout) && timeout.Timeout():
		fmt.Println("timeout")
	default:
		return err
	}
	return nil
}

// relay carries connections from the listener that it was given, which may be of another network namespace, to the
// address.
func relay(given string) error {
	network, address, _ := strings.Cut(given, ":")
	listener, err := net.FileListener(os.Stdin)
	if err != nil {
		return err
	}
	for {
		near, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer near.Close()
			far, err := net.Dial(network, address)
			if err != nil {
				// Whoever came sees the connection end, as from an API server that does not run.
				return
			}
			defer far.Close()
			go carry(far, near)
			carry(near, far)
		}()
	}
}

// carry copies to the end, and tells of it.
func carry(to, from net.Conn) {
	io.Copy(to, from)
	to.(*net.TCPConn).CloseWrite()
}
