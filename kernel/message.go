package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// A message is a message of Jupyter's protocol, as sent over the wire:
// jupyter-client.readthedocs.io/en/stable/messaging.html.
type message struct {
	identities                        [][]byte
	header, parent, metadata, content []byte // JSON objects
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

// splitMessage takes a message apart.
func splitMessage(frames [][]byte) (m message, signature []byte, err error) {
	at := slices.IndexFunc(frames, func(frame []byte) bool { return string(frame) == string(delimiter) })
	if at < 0 || len(frames) < at+6 {
		return m, nil, errors.New("not a Jupyter message")
	}
	m = message{identities: frames[:at], header: frames[at+2], parent: frames[at+3], metadata: frames[at+4], content: frames[at+5],
		buffers: frames[at+6:]}
	return m, frames[at+1], nil
}

// parseMessage takes a message apart and checks it. It returns an error if
// the message is not signed with key, or if a part is not a JSON object:
// either would end GoNB.
func parseMessage(frames [][]byte, key string) (message, error) {
	m, signature, err := splitMessage(frames)
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
	}{{m.header, &header}, {m.parent, &parent}, {m.metadata, &metadata}, {m.content, &content}} {
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
func (m message) signature(key string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	for _, part := range [][]byte{m.header, m.parent, m.metadata, m.content} {
		mac.Write(part)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// frames puts the message together again.
func (m message) frames(key string) [][]byte {
	signature := []byte{}
	if key != "" {
		signature = m.signature(key)
	}
	return slices.Concat(m.identities, [][]byte{delimiter, signature, m.header, m.parent, m.metadata, m.content}, m.buffers)
}

// headers returns the message's own header and that of the request it
// answers.
func (m message) headers() (own, parent messageHeader) {
	json.Unmarshal(m.header, &own) // unreadable fields stay empty
	json.Unmarshal(m.parent, &parent)
	return own, parent
}

// fields returns the fields of the content.
func (m message) fields() map[string]any {
	var fields map[string]any
	json.Unmarshal(m.content, &fields) // unreadable content stays empty
	return fields
}

// setFields replaces the content.
func (m *message) setFields(fields map[string]any) {
	content, err := json.Marshal(fields)
	if err != nil {
		panic(err) // what was JSON can be JSON again
	}
	m.content = content
}
