package queuetest

import (
	"fmt"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// trust makes an operator and the account of the users, and returns the
// corresponding lines of the server's configuration.
func (c *Cluster) trust(t testing.TB) string {
	t.Helper()
	operator, _ := nkeys.CreateOperator()
	system, _ := nkeys.CreateAccount()
	c.Account, _ = nkeys.CreateAccount()
	account := jwt.NewAccountClaims(public(c.Account))
	account.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
	return fmt.Sprintf(`
		operator: %q
		system_account: %[2]s
		resolver: MEMORY
		resolver_preload: { %[2]s: %[3]q, %s: %q }`,
		encode(t, jwt.NewOperatorClaims(public(operator)), operator),
		public(system), encode(t, jwt.NewAccountClaims(public(system)), operator),
		public(c.Account), encode(t, account, operator))
}

// NewCreds writes the credentials file of a new user, signed by the given
// account. limit, if not nil, changes what the user may do.
func (c *Cluster) NewCreds(t testing.TB, name string, account nkeys.KeyPair, limit func(*jwt.UserClaims)) string {
	t.Helper()
	user, _ := nkeys.CreateUser()
	claims := jwt.NewUserClaims(public(user))
	if limit != nil {
		limit(claims)
	}
	seed, _ := user.Seed()
	text, err := jwt.FormatUserConfig(encode(t, claims, account), seed)
	if err != nil {
		t.Fatal(err)
	}
	return c.Write(t, name, string(text))
}

func public(key nkeys.KeyPair) string {
	text, err := key.PublicKey()
	if err != nil {
		panic(err)
	}
	return text
}

func encode(t testing.TB, claims interface {
	Encode(nkeys.KeyPair) (string, error)
}, key nkeys.KeyPair) string {
	t.Helper()
	text, err := claims.Encode(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
