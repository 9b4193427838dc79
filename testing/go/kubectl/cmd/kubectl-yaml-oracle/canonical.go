package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// canonical writes a decoded value in a form that two implementations can both produce and that keeps the difference
// between int64 and float64: no white space; keys in byte order; an int64 in decimal; a float64 with the fewest digits
// that give it back, always with an exponent (1e0, 1.5e-7, -0e0: Rust's {:e}); strings escaped only where JSON demands
// it, with the short escapes where there are any and lower-case \u00xx elsewhere (as serde_json does).
func canonical(value any) string {
	var out strings.Builder
	write(&out, value)
	return out.String()
}

func write(out *strings.Builder, value any) {
	switch value := value.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		out.WriteString(strconv.FormatBool(value))
	case int64:
		out.WriteString(strconv.FormatInt(value, 10))
	case float64:
		writeFloat(out, value)
	case string:
		writeString(out, value)
	case []any:
		out.WriteByte('[')
		for i, item := range value {
			if i > 0 {
				out.WriteByte(',')
			}
			write(out, item)
		}
		out.WriteByte(']')
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		out.WriteByte('{')
		for i, key := range keys {
			if i > 0 {
				out.WriteByte(',')
			}
			writeString(out, key)
			out.WriteByte(':')
			write(out, value[key])
		}
		out.WriteByte('}')
	default:
		panic(fmt.Sprintf("kubectl's decoder yielded a %T", value))
	}
}

func writeFloat(out *strings.Builder, value float64) {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(value, 'e', -1, 64), "e")
	number, err := strconv.Atoi(exponent)
	if err != nil {
		panic(fmt.Sprintf("float %v has no exponent", value))
	}
	fmt.Fprintf(out, "%se%d", mantissa, number)
}

var escapes = map[rune]string{
	'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`,
}

func writeString(out *strings.Builder, value string) {
	if !utf8.ValidString(value) {
		panic(fmt.Sprintf("kubectl's decoder yielded invalid UTF-8: %q", value))
	}
	out.WriteByte('"')
	for _, char := range value {
		if escape, ok := escapes[char]; ok {
			out.WriteString(escape)
		} else if char < 0x20 {
			fmt.Fprintf(out, `\u%04x`, char)
		} else {
			out.WriteRune(char)
		}
	}
	out.WriteByte('"')
}
