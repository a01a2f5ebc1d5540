package wire

import (
	"bytes"
	"crypto/rand"
	"slices"
	"testing"
)

// signed returns a message of the given type, as a client sends it.
func signed(key, kind, content string) [][]byte {
	m := Message{Header: []byte(`{"msg_id":"` + rand.Text() + `","username":"u","session":"s","msg_type":"` + kind + `","version":"5.3","date":""}`),
		Parent: []byte("{}"), Metadata: []byte("{}"), Content: []byte(content)}
	return m.Frames(key)
}

func TestParseMessage(t *testing.T) {
	const key = "k"
	good := signed(key, "kernel_info_request", "{}")
	m, err := ParseMessage(append([][]byte{[]byte("identity")}, append(good, []byte("a buffer"))...), key)
	if err != nil || len(m.identities) != 1 || len(m.buffers) != 1 {
		t.Fatalf("%v, %v", m, err)
	}
	if !slices.EqualFunc(m.Frames(key)[1:7], good, bytes.Equal) {
		t.Error("the message is another one when put together again")
	}
	with := func(part int, text string) [][]byte {
		m := Message{Header: good[2], Parent: good[3], Metadata: good[4], Content: good[5]}
		*[]*[]byte{&m.Header, &m.Parent, &m.Metadata, &m.Content}[part] = []byte(text)
		return m.Frames(key)
	}
	for name, frames := range map[string][][]byte{
		"no frames":                             nil,
		"no delimiter":                          good[1:],
		"the delimiter alone":                   good[:1],
		"a part is missing":                     good[:5],
		"another key":                           signed("other", "kernel_info_request", "{}"),
		"no signature":                          signed("", "kernel_info_request", "{}"),
		"a header that is text":                 with(0, `"header"`),
		"a header with a date that is a number": with(0, `{"date": 3}`),
		"a header that stops":                   with(0, `{"msg_id":`),
		"a parent that is a list":               with(1, "[]"),
		"metadata that is a number":             with(2, "1"),
		"content that is null":                  with(3, "null"),
		"content that is a list":                with(3, "[1]"),
		"content that is empty":                 with(3, ""),
	} {
		if _, err := ParseMessage(frames, key); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
