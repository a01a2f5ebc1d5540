package ask

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/liegg/lab/liegg"
	"github.com/liegg/lab/liegg/dataset"
	"github.com/liegg/lab/liegg/network"
)

// settings returns the settings that the question describes.
func (s *Subject) settings(watch func(samples int) error) (settings network.Settings, err error) {
	q := s.question
	settings = network.Settings{Batch: q.Batch, Rule: liegg.Rule{Seed: q.Seed}, Watch: watch}
	if settings.Head, err = q.head(); err != nil {
		return settings, err
	}
	if size, ok := number(q.Groups); ok {
		if size < 1 {
			return settings, fmt.Errorf("Question.Groups %d: a group has at least one sample", size)
		}
		if s.samples != nil && size > 1 {
			return settings, fmt.Errorf("Question.Groups %d counts samples that follow each other, of which Question.Samples leaves some out: name an array of groups, or leave Question.Samples out", size)
		}
		settings.Groups = network.GroupsOf(size)
	} else if q.Groups != "" {
		labels, err := s.labels("Question.Groups", q.Groups)
		if err != nil {
			return settings, err
		}
		settings.Groups = network.GroupsBy(labels)
	}
	if q.Targets != "" || s.targets != nil {
		settings.Validation, err = s.validation()
	}
	return settings, err
}

// labels returns the label of each sample.
func (s *Subject) labels(field, name string) ([]int, error) {
	r, err := s.arrays.read(field, name)
	if err != nil {
		return nil, err
	}
	if err := s.sameSamples(r); err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	if r.t, err = picked(r.t, s.samples); err != nil {
		return nil, err
	}
	return r.ints(field)
}

// validation returns the samples with their targets: classes if the network has several outputs
// and each sample one whole number, otherwise floats.
func (s *Subject) validation() (*dataset.Samples, error) {
	if s.targets != nil {
		y, err := picked(s.targets, s.samples)
		return &dataset.Samples{Name: s.arrays.path, X: s.x, Y: y}, err
	}
	r, err := s.arrays.read("Question.Targets", s.question.Targets)
	if err != nil {
		return nil, err
	}
	if err := s.sameSamples(r); err != nil {
		return nil, fmt.Errorf("Question.Targets: %w", err)
	}
	y, err := picked(r.t, s.samples)
	if err != nil {
		return nil, err
	}
	m, err := s.network.Predict(dataset.Rows(s.x, 0, 1))
	if err != nil {
		return nil, err
	}
	if outputs := m.Shape().Dim(1); outputs > 1 && y.Size() == s.Len() {
		y, err = dataset.Labels(y)
	} else {
		y, err = flattened(y, s.x.DType())
	}
	if err != nil {
		return nil, fmt.Errorf("Question.Targets %s: %w", s.question.Targets, err)
	}
	return &dataset.Samples{Name: s.question.Targets, X: s.x, Y: y}, nil
}

// flattened returns a tensor [N, m] in a floating-point type.
func flattened(y *tensors.Tensor, dtype dtypes.DType) (*tensors.Tensor, error) {
	values, err := dataset.Values(y)
	if err != nil {
		return nil, err
	}
	n := y.Shape().Dim(0)
	return as(tensors.FromFlatDataAndDimensions(values, n, len(values)/n), dtype)
}
