package dynamics

import "gonum.org/v1/gonum/floats"

// rungeKutta returns z after a time dt along a field, of which the velocity at z is known, by the
// classical method of order 4. It returns the field's errors.
func rungeKutta(z, velocity []float64, dt float64, field func(z []float64) ([]float64, error)) (next []float64, err error) {
	next = floats.AddScaledTo(make([]float64, len(z)), z, dt/6, velocity)
	for _, stage := range []struct{ ahead, weight float64 }{{dt / 2, dt / 3}, {dt / 2, dt / 3}, {dt, dt / 6}} {
		if velocity, err = field(floats.AddScaledTo(make([]float64, len(z)), z, stage.ahead, velocity)); err != nil {
			return nil, err
		}
		floats.AddScaled(next, stage.weight, velocity)
	}
	return next, nil
}
