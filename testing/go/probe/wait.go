package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// waitFor waits, and buries meanwhile whoever was left to it: it may be the first process of a pod, or of a node.
func waitFor(patience time.Duration) {
	died := make(chan os.Signal, 1)
	signal.Notify(died, syscall.SIGCHLD)
	end := time.After(patience)
	for {
		for {
			child, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
			if err != nil || child <= 0 {
				break
			}
		}
		select {
		case <-died:
		case <-end:
			return
		}
	}
}

// endWhenTold ends the program well on SIGTERM. The first process of a container is not ended by a signal that it does
// not handle (pid_namespaces(7)), and would be waited for.
func endWhenTold() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-told
		os.Exit(0)
	}()
}
