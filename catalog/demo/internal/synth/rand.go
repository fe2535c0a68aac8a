package synth

import (
	"hash/fnv"
	"math/rand/v2"
)

// Rand is a seeded source of noise whose numbers are the same on every platform and in every Go version. Only the raw
// output of the generator is used, which package rand promises to keep. It is not safe for concurrent use.
type Rand struct{ source *rand.PCG }

// NewRand returns the source that belongs to a name.
func NewRand(name string) *Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return &Rand{rand.NewPCG(h.Sum64(), 0x736f756e64747261)}
}

// Float returns a number from [0, 1).
func (r *Rand) Float() float64 { return float64(r.source.Uint64()>>11) / (1 << 53) }

// Noise returns a number from [-1, 1).
func (r *Rand) Noise() float64 { return float64(int64(r.source.Uint64())>>11) / (1 << 52) }

// Bell returns a number from (-1, 1) that is more often small than large.
func (r *Rand) Bell() float64 { return (r.Noise() + r.Noise() + r.Noise()) / 3 }
