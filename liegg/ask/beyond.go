package ask

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/discrete"
	"github.com/liegg/lab/liegg/internal/spelling"
	"github.com/liegg/lab/liegg/invariants"
	"github.com/liegg/lab/liegg/network"
)

// finiteForms are how Question.Discrete is written.
const finiteForms = "permutations, signed (permutations with changes of sign) or blocks:N (permutations of N blocks of inputs)"

// mostFinite is the largest number of inputs or blocks that are permuted.
const mostFinite = 64

// candidates reads Question.Discrete, for n inputs.
func candidates(text string, n int) (c discrete.Candidates, err error) {
	kind, size, sized := strings.Cut(text, ":")
	blocks := n
	if sized {
		if blocks, err = strconv.Atoi(size); err != nil || kind != "blocks" || blocks < 1 || n%blocks != 0 {
			return c, fmt.Errorf("Question.Discrete %s: write %s, of which the %d inputs are a whole number each", text, finiteForms, n)
		}
	}
	if blocks > mostFinite {
		return c, fmt.Errorf("Question.Discrete %s: there are %d, and at most %d are permuted: name larger blocks, as in blocks:4", text, blocks, mostFinite)
	}
	switch {
	case kind == "signed":
		return discrete.SignedPermutations(n), nil
	case kind == "permutations":
		return discrete.Permutations(n), nil
	case sized:
		return discrete.Blocks(blocks, n/blocks), nil
	}
	return c, fmt.Errorf("Question.Discrete %s: it is one of %s; the nearest is %q", text, finiteForms, spelling.Nearest(kind, []string{"permutations", "signed", "blocks:N"}))
}

// checkBeyond returns an error if Question.Invariants or Question.Discrete do not go with other fields.
func (q Question) checkBeyond() error {
	switch {
	case (q.Invariants || q.Discrete != "") && q.Layers:
		return fmt.Errorf("Question.Layers is a question of its own: leave Question.Invariants and Question.Discrete out")
	case q.Invariants && (len(q.Moves) > 0 || strings.Contains(q.Action, "+")):
		return fmt.Errorf("Question.Invariants are polynomials of the vectors of one Question.Action, such as linear:3x2: ask about that one alone")
	case q.Invariants && q.Outputs != "" && q.Outputs != "invariant":
		return fmt.Errorf("Question.Invariants asks on what outputs that stay depend: leave Question.Outputs %s out", q.Outputs)
	case q.Discrete != "" && q.Model == "" && q.Data != "":
		return fmt.Errorf("Question.Discrete moves the inputs and runs the network again: give the network itself, as an .onnx file, and not its gradients")
	}
	return nil
}

// beyond adds the invariants and the finite group to an answer.
func (s *Subject) beyond(to *Answer, settings network.Settings) error {
	if s.question.Invariants {
		if err := s.invariants(to); err != nil {
			return err
		}
	}
	if s.question.Discrete == "" {
		return nil
	}
	if s.packing != nil {
		return fmt.Errorf("Question.Discrete permutes the numbers of one input: give a model of one input")
	}
	c, err := candidates(s.question.Discrete, s.x.Size()/s.Len())
	if err != nil {
		return err
	}
	outputs, ok := map[string]discrete.Outputs{"": discrete.Stay, "invariant": discrete.Stay, "same": discrete.Same, "free": discrete.Free}[s.question.Outputs]
	if !ok {
		return fmt.Errorf("Question.Discrete has outputs that are invariant, same or free, not %s", s.question.Outputs)
	}
	if to.Group, err = discrete.Search(s.network, network.Tensor(s.x), discrete.Settings{Flow: s.flows(settings), Outputs: outputs}, c); err != nil {
		return fmt.Errorf("Question.Discrete: %w", err)
	}
	to.add("Finite group: " + to.Group.String())
	return nil
}

// invariants adds the invariants of the algebra of the answer's verdict.
func (s *Subject) invariants(to *Answer) error {
	terms, err := parseAction(s.question.Action)
	if err != nil {
		return err
	}
	if t := terms[0]; t.kind.name != "linear" && t.kind.name != "affine" {
		return fmt.Errorf("Question.Invariants are polynomials of vectors, for Question.Action linear or affine, not %s", t.text)
	}
	v := to.Verdict
	if v.Answer != liegg.Symmetric && v.Answer != liegg.Approximate {
		to.Notes = append(to.Notes, fmt.Sprintf("Invariants are those of an algebra, and the answer is %q: there is none to take.", v.Answer))
		return nil
	}
	terms[0].options = nil // of affine: translations
	_, c, err := terms[0].plainVectors(s.Input())
	if err != nil {
		return err
	}
	if to.Invariants, err = invariants.Of(v.Algebra, c, invariants.Settings{Angle: v.AngleError}); err != nil {
		to.Notes = append(to.Notes, "Invariants: "+err.Error())
		return nil
	}
	to.add("Invariants: " + to.Invariants.String())
	return nil
}
