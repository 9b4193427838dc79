// Command probe is what runs in the pods of the rig: it serves, connects, waits and ends, and is all that is in the image.
package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// version is bumped when what a command does changes.
const version = "1"

const usage = `usage:
  probe serve tcp:PORT udp:PORT ...     answer whoever comes with the host name, until told to end
  probe connect tcp:ADDRESS [SECONDS]   say ok, refused, unreachable or timeout
  probe sleep [SECONDS]                 wait, for ever if not told how long, until told to end
  probe exit CODE                       end
  probe relay tcp:ADDRESS               carry the connections of the listener on standard input there
`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(2)
	}
}

func run(arguments []string) error {
	if slices.Equal(arguments, []string{"--version"}) {
		fmt.Println("probe", version)
		return nil
	}
	if len(arguments) == 0 {
		return fmt.Errorf("no command\n%s", usage)
	}
	command, rest := arguments[0], arguments[1:]
	switch {
	case command == "serve" && len(rest) > 0:
		endWhenTold()
		return serve(rest)
	case command == "connect" && (len(rest) == 1 || len(rest) == 2):
		patience, err := seconds(rest[1:], 5*time.Second)
		if err != nil {
			return err
		}
		return connect(rest[0], patience)
	case command == "sleep" && len(rest) < 2:
		endWhenTold()
		patience, err := seconds(rest, time.Duration(1<<63-1))
		if err == nil {
			waitFor(patience)
		}
		return err
	case command == "exit" && len(rest) == 1:
		code, err := strconv.Atoi(rest[0])
		if err == nil {
			os.Exit(code)
		}
		return err
	case command == "relay" && len(rest) == 1:
		return relay(rest[0])
	}
	return fmt.Errorf("unknown: %s\n%s", strings.Join(arguments, " "), usage)
}

func seconds(given []string, otherwise time.Duration) (time.Duration, error) {
	if len(given) == 0 {
		return otherwise, nil
	}
	count, err := strconv.ParseFloat(given[0], 64)
	return time.Duration(count * float64(time.Second)), err
}
