package queuetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// certify writes the certificate of an authority, and the server's, signed by
// it and valid for the addresses of the machine.
func (c *Cluster) certify(t testing.TB) {
	t.Helper()
	authority := certificate("the authority of a test")
	authority.IsCA, authority.BasicConstraintsValid = true, true
	server := certificate("the server of a test")
	server.IPAddresses = c.machine.addresses()
	key, serverKey := newKey(t), newKey(t)
	c.Write(t, "ca.pem", signed(t, authority, authority, key, key))
	c.Write(t, "cert.pem", signed(t, server, authority, serverKey, key))
	private, err := x509.MarshalPKCS8PrivateKey(serverKey)
	if err != nil {
		t.Fatal(err)
	}
	c.Write(t, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

func certificate(name string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<62))
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
}

// signed returns a certificate for key as PEM.
func signed(t testing.TB, template, authority *x509.Certificate, key, by *ecdsa.PrivateKey) string {
	t.Helper()
	cert, err := x509.CreateCertificate(rand.Reader, template, authority, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
