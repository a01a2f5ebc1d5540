package groundtruth

import "fmt"

// String returns, for example, "so5: so(5), dimension 10 of K = 25; Vectors
// 2, Size 5".
func (c Case) String() string {
	return fmt.Sprintf("%s: %s, dimension %d of K = %d; Vectors %d, Size %d", c.Name, c.Lie, c.Dim, c.K, c.Vectors, c.Size)
}

// String lists the fields.
func (r Recipe) String() string {
	return fmt.Sprintf("Samples %d, Hidden %v, Activation %q", r.Samples, r.Hidden, r.Activation)
}
