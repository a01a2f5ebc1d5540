package bench

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/liegg/lab/liegg/network"
)

var (
	//go:embed peers/torch_peer.py
	torchPeer string
	//go:embed peers/jax_peer.py
	jaxPeer string
)

// peer is a Python process that does jobs by name, one at a time.
type peer struct {
	cmd     *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Scanner
	said    *bytes.Buffer // standard error
	offers  []string      // "contender job"
}

func startPeer(python, script, device string) (*peer, error) {
	p := &peer{cmd: exec.Command(python, "-c", script, device), said: &bytes.Buffer{}}
	p.cmd.Stderr = p.said
	// Settings that restrain an old OpenBLAS on some machines would slow a
	// new one.
	p.cmd.Env = slices.DeleteFunc(p.cmd.Environ(), func(v string) bool { return strings.HasPrefix(v, "OPENBLAS_") })
	ask, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.ask, p.answers = ask, bufio.NewScanner(answers)
	first, err := p.line()
	if err != nil {
		p.close()
		return nil, err
	}
	p.offers = strings.Split(first, ",")
	return p, nil
}

// line returns the next line that the process writes.
func (p *peer) line() (string, error) {
	if p.answers.Scan() {
		return p.answers.Text(), nil
	}
	p.cmd.Wait() // its error says less than what it wrote
	return "", fmt.Errorf("the Python process ended:\n%s", strings.TrimSpace(p.said.String()))
}

func (p *peer) close() {
	p.ask.Close()
	p.cmd.Wait() // it ends when its input does
}

// contender is one of the contenders of a peer.
type contender struct {
	*peer
	name string
}

func (c contender) Jobs() (names []string) {
	for _, offer := range c.offers {
		if job, ok := strings.CutPrefix(offer, c.name+" "); ok {
			names = append(names, job)
		}
	}
	return names
}

func (c contender) Seconds(job string) (float64, error) {
	if _, err := fmt.Fprintln(c.ask, c.name, job); err != nil {
		return 0, err
	}
	line, err := c.line()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(line, 64)
}

// Device returns where the lab computes in this process: "cuda" or "cpu".
func Device() (string, error) {
	backend, err := network.Backend()
	if err != nil {
		return "", err
	}
	if network.OnGPU(backend) {
		return "cuda", nil
	}
	return "cpu", nil
}

// Peers starts PyTorch and JAX in the given Python, which must have both, and
// returns their contenders: "torch", "paper", "LieSD" and "JAX". stop ends
// the processes. device is "cpu" or "cuda"; see Device for the lab's own.
func Peers(python, device string) (contenders map[string]Contender, stop func(), err error) {
	contenders = map[string]Contender{}
	var peers []*peer
	stop = func() {
		for _, p := range peers {
			p.close()
		}
	}
	for _, script := range []string{torchPeer, jaxPeer} {
		p, err := startPeer(python, script, device)
		if err != nil {
			stop()
			return nil, nil, fmt.Errorf("bench: %s: %w", python, err)
		}
		peers = append(peers, p)
		for _, offer := range p.offers {
			name, _, _ := strings.Cut(offer, " ")
			contenders[name] = contender{p, name}
		}
	}
	return contenders, stop, nil
}
