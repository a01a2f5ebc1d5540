package dynamics

import (
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/liegg/lab/liegg/network"
)

// escape returns which share of the velocities of states leads out of the smallest affine subspace
// that holds the states, in [0, 1]. If all states are at rest, for instance, this is the share of
// the forces: positions have no velocity there and would count as conserved. It is 0 if the states
// lie in no such subspace, or if the flow stays in it, as in the frame of the centre of mass.
func escape(h *network.Network, head network.Head, states *tensors.Tensor) (float64, error) {
	some, err := first(states, most)
	if err != nil {
		return 0, err
	}
	defer some.FinalizeAll()
	z, err := tableOf(some)
	if err != nil {
		return 0, err
	}
	normals := normalsTo(z)
	if normals == nil {
		return 0, nil
	}
	velocities, err := velocitiesOf(h, head, some)
	if err != nil {
		return 0, err
	}
	var across mat.Dense
	across.Mul(velocities, normals)
	if all := mat.Norm(velocities, 2); all > 0 {
		return mat.Norm(&across, 2) / all, nil
	}
	return 0, nil
}

// flat is the spread of states, in units of the standard deviations of their coordinates, below
// which they lie in a subspace up to the rounding of float32.
const flat = 1e-6

// normalsTo returns unit vectors, one column each, across the smallest affine subspace that holds
// the rows of z; nil if this is the whole space.
func normalsTo(z table) *mat.Dense {
	rows, columns := z.Dims()
	u := deviations(z)
	centred := mat.NewDense(rows, columns, nil)
	for j := range columns {
		column := mat.Col(nil, j, z)
		mean := stat.Mean(column, nil)
		for i, v := range column {
			if v -= mean; math.Abs(v) > 1e-12*math.Abs(mean) { // rounding is no spread
				centred.Set(i, j, v/u[j])
			}
		}
	}
	var svd mat.SVD
	if !svd.Factorize(centred, mat.SVDFullV) {
		return nil
	}
	values := svd.Values(nil)
	rank := 0
	for rank < len(values) && values[rank] > flat*math.Sqrt(float64(rows)) {
		rank++
	}
	if rank == columns {
		return nil
	}
	var v mat.Dense
	svd.VTo(&v)
	normals := mat.DenseCopyOf(v.Slice(0, columns, rank, columns))
	for k := range columns - rank {
		length := 0.
		for i := range columns {
			normals.Set(i, k, normals.At(i, k)/u[i]) // back to the coordinates' own units
			length = math.Hypot(length, normals.At(i, k))
		}
		for i := range columns {
			normals.Set(i, k, normals.At(i, k)/length)
		}
	}
	return normals
}

// velocitiesOf returns the velocities of states along a Hamiltonian's flow.
func velocitiesOf(h *network.Network, head network.Head, states *tensors.Tensor) (table, error) {
	held, err := network.Buffer(network.Tensor(states), 0)
	if err != nil {
		return nil, err
	}
	defer held.Finalize()
	p, err := h.NewProgram(head, held, func(f func(x *Node) *Node, z *Node, _ []*Node) []*Node {
		return []*Node{HamiltonianField(f)(z)}
	})
	if err != nil {
		return nil, err
	}
	defer p.Finalize()
	v, err := p.Run(held)
	if err != nil {
		return nil, err
	}
	return mat.NewDense(held.Len(), len(v[0])/held.Len(), v[0]), nil
}

// escaping is the share of velocities above which laws at states in a subspace say nothing about
// the motion, which soon leaves it.
const escaping = 1e-3

// doubtSlice makes laws undetermined whose states lie in a subspace that their motion leaves.
func (l *Laws) doubtSlice(h *network.Network, head network.Head, states *tensors.Tensor) error {
	share, err := escape(h, head, states)
	if err == nil && share > escaping {
		l.Verdict.DoubtSymmetries(fmt.Sprintf("the states fill only a slice of phase space, which they leave with %.2g of their velocity: what does not change there may change on the way: give states that vary in all coordinates, such as those along trajectories", share))
	}
	return err
}
