package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// plainText skips a byte-order mark and refuses anything but UTF-8 text with
// the usual line ends. It returns the text and its first line, or as much of
// it as is read ahead.
func plainText(r io.Reader) (text *bufio.Reader, first []byte, err error) {
	text = bufio.NewReaderSize(r, 64<<10)
	start, err := text.Peek(64 << 10)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, nil, errors.New("the text is UTF-16: save it as UTF-8")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return nil, nil, errors.New("a zip file, such as a spreadsheet: save the table as CSV in UTF-8")
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		return nil, nil, errors.New("a gzip file: unpack it first")
	case bytes.IndexByte(start, 0) >= 0:
		return nil, nil, errors.New("there are zero bytes: the file is UTF-16 or not text; save it as CSV in UTF-8")
	case bytes.HasPrefix(start, []byte("\ufeff")):
		text.Discard(3)
		start = start[3:]
	}
	if cr := bytes.IndexByte(start, '\r'); cr >= 0 && cr < len(start)-1 && bytes.IndexByte(start, '\n') < 0 {
		return nil, nil, errors.New("lines end in CR alone: save them with LF or CRLF")
	}
	first, _, _ = bytes.Cut(bytes.TrimLeft(start, "\r\n"), []byte("\n"))
	return text, first, nil
}

// separator returns the given separator, or the one that the first line has
// outside of quotes.
func (c CSV) separator(first []byte) rune {
	if c.Separator != 0 {
		return c.Separator
	}
	quoted, there := false, map[byte]bool{}
	for _, b := range first {
		if b == '"' {
			quoted = !quoted
		}
		there[b] = there[b] || !quoted
	}
	switch {
	case there[';']:
		return ';'
	case there['\t']:
		return '\t'
	case c.Decimal == ',':
		return ';'
	}
	return ','
}
