package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// A Message is a message of Jupyter's protocol, as sent over the wire:
// jupyter-client.readthedocs.io/en/stable/messaging.html.
type Message struct {
	identities                        [][]byte
	Header, Parent, Metadata, Content []byte // JSON objects
	buffers                           [][]byte
}

// A messageHeader holds the fields common to all headers.
type messageHeader struct {
	ID       string `json:"msg_id"`
	User     string `json:"username"`
	Session  string `json:"session"`
	Type     string `json:"msg_type"`
	Protocol string `json:"version"`
	Date     string `json:"date"`
}

var delimiter = []byte("<IDS|MSG>")

// SplitMessage takes a message apart.
func SplitMessage(frames [][]byte) (m Message, signature []byte, err error) {
	at := slices.IndexFunc(frames, func(frame []byte) bool { return string(frame) == string(delimiter) })
	if at < 0 || len(frames) < at+6 {
		return m, nil, errors.New("not a Jupyter message")
	}
	m = Message{identities: frames[:at], Header: frames[at+2], Parent: frames[at+3], Metadata: frames[at+4], Content: frames[at+5],
		buffers: frames[at+6:]}
	return m, frames[at+1], nil
}

// ParseMessage takes a message apart and checks it. It returns an error if
// the message is not signed with key, or if a part is not a JSON object:
// either would end GoNB.
func ParseMessage(frames [][]byte, key string) (Message, error) {
	m, signature, err := SplitMessage(frames)
	if err != nil {
		return m, err
	}
	if key != "" && !hmac.Equal(signature, m.signature(key)) {
		return m, errors.New("a message with a wrong signature")
	}
	var header, parent messageHeader
	var metadata, content map[string]any
	for _, part := range []struct {
		text []byte
		into any
	}{{m.Header, &header}, {m.Parent, &parent}, {m.Metadata, &metadata}, {m.Content, &content}} {
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return m, fmt.Errorf("an unreadable message: %w", err)
		}
	}
	if content == nil {
		return m, errors.New("a message without content")
	}
	return m, nil
}

// signature returns the HMAC-SHA256 of the four parts, in hexadecimal.
func (m Message) signature(key string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	for _, part := range [][]byte{m.Header, m.Parent, m.Metadata, m.Content} {
		mac.Write(part)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// Frames puts the message together again.
func (m Message) Frames(key string) [][]byte {
	signature := []byte{}
	if key != "" {
		signature = m.signature(key)
	}
	return slices.Concat(m.identities, [][]byte{delimiter, signature, m.Header, m.Parent, m.Metadata, m.Content}, m.buffers)
}

// Headers returns the message's own header and that of the request it
// answers.
func (m Message) Headers() (own, parent messageHeader) {
	json.Unmarshal(m.Header, &own) // unreadable fields stay empty
	json.Unmarshal(m.Parent, &parent)
	return own, parent
}

// Fields returns the fields of the content.
func (m Message) Fields() map[string]any {
	var fields map[string]any
	json.Unmarshal(m.Content, &fields) // unreadable content stays empty
	return fields
}

// SetFields replaces the content.
func (m *Message) SetFields(fields map[string]any) {
	content, err := json.Marshal(fields)
	if err != nil {
		panic(err) // what was JSON can be JSON again
	}
	m.Content = content
}
