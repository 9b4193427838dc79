// Package oracle is what the oracles share: a program that is asked many times, by frames.
package oracle

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
)

// Run is the main function of an oracle.
//
// On standard input stand any number of questions, each a 4-byte big-endian length and that many bytes. On standard
// output each is answered in order, in the same framing, with what answer makes of it, as JSON. An error of answer ends
// the program: what was asked is no question.
//
// With the argument --version it prints the versions of the modules that it speaks for, as they are linked in.
func Run(modules []string, answer func(question []byte) (any, error)) {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		for i, module := range modules {
			if i > 0 {
				fmt.Print(" ")
			}
			fmt.Print(path.Base(module), " ", linkedVersion(module))
		}
		fmt.Println()
		return
	}
	if err := serve(os.Stdin, os.Stdout, answer); err != nil {
		Fail(err)
	}
}

// Fail ends the program, and says why.
func Fail(err error) {
	fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
	os.Exit(1)
}

// serve answers each framed question until the end of the stream. Every answer leaves before the next question is
// tried, since that one may end the process and the caller counts answers to know which it was.
func serve(in io.Reader, out io.Writer, answer func([]byte) (any, error)) error {
	reader := bufio.NewReaderSize(in, 1<<16)
	writer := bufio.NewWriterSize(out, 1<<16)
	for {
		question, err := readFrame(reader)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		answered, err := answer(question)
		if err != nil {
			return err
		}
		encoded, err := json.Marshal(answered)
		if err != nil {
			return err
		}
		if err := writeFrame(writer, encoded); err != nil {
			return err
		}
		if err := writer.Flush(); err != nil {
			return err
		}
	}
}

func readFrame(reader io.Reader) ([]byte, error) {
	var length uint32
	if err := binary.Read(reader, binary.BigEndian, &length); err != nil {
		return nil, err
	}
	frame := make([]byte, length)
	if _, err := io.ReadFull(reader, frame); err != nil {
		return nil, fmt.Errorf("a question of %d bytes is cut short: %w", length, err)
	}
	return frame, nil
}

func writeFrame(writer io.Writer, frame []byte) error {
	if err := binary.Write(writer, binary.BigEndian, uint32(len(frame))); err != nil {
		return err
	}
	_, err := writer.Write(frame)
	return err
}

// linkedVersion is the version of a module that is linked into this binary.
func linkedVersion(module string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, linked := range info.Deps {
		if linked.Path == module {
			return linked.Version
		}
	}
	return "unknown"
}
