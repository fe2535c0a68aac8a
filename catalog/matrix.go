package catalog

import (
	"context"

	"github.com/viterin/vek/vek32"
)

// lanes is the row padding in numbers. vek works through 32 numbers at a time and falls back to one by one for a
// rest, which costs more than the padding; zeros do not change a dot product.
const lanes = 32

// blockRows bounds the rows between two looks at the context: about a quarter of a millisecond at 512 dimensions.
const blockRows = 1024

// matrix holds the embeddings of one space, a padded row a song.
type matrix struct {
	dim, stride int
	data        []float32
	ids         []ID
	rows        map[ID]int
}

func newMatrix(dim int) *matrix {
	return &matrix{dim: dim, stride: (dim + lanes - 1) / lanes * lanes, rows: map[ID]int{}}
}

func (x *matrix) add(id ID, vector []float32) {
	x.rows[id] = len(x.ids)
	x.ids = append(x.ids, id)
	x.data = append(x.data, vector...)
	x.data = append(x.data, make([]float32, x.stride-x.dim)...)
}

func (x *matrix) remove(id ID) {
	row, ok := x.rows[id]
	if !ok {
		return
	}
	last := len(x.ids) - 1
	copy(x.row(row), x.row(last))
	x.ids[row] = x.ids[last]
	x.rows[x.ids[row]] = row
	delete(x.rows, id)
	x.ids = x.ids[:last]
	x.data = x.data[:last*x.stride]
}

func (x *matrix) row(i int) []float32 { return x.data[i*x.stride : (i+1)*x.stride] }

// nearest returns the k rows with the largest dot product among those that pass.
func (x *matrix) nearest(ctx context.Context, target []float32, k int, pass func(ID) bool) ([]scored, error) {
	query := make([]float32, x.stride)
	copy(query, target)
	top := newTopK(k)
	for i, id := range x.ids {
		if i%blockRows == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		if pass(id) {
			top.offer(scored{id, float64(vek32.Dot(query, x.row(i)))})
		}
	}
	return top.sorted(), nil
}
