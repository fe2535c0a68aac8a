package zeroshot

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzDecodeCache writes what it reads: whatever is accepted is what encodeCache makes.
func FuzzDecodeCache(f *testing.F) {
	key := sha256.Sum256([]byte("key"))
	good := encodeCache(key, [][]float32{{1, 0}, {.6, .8}})
	f.Add(good, 2, 2)
	f.Add(good, 1, 4)
	f.Add([]byte(cacheMagic), 0, 0)
	f.Add(good[:len(good)-1], 2, 2)
	f.Fuzz(func(t *testing.T, data []byte, rows, dim int) {
		rows, dim = 1+(rows&63), 1+(dim&63)
		vectors, err := decodeCache(data, key, rows, dim)
		if err != nil {
			require.ErrorIs(t, err, errCache)
			return
		}
		require.Len(t, vectors, rows)
		require.Equal(t, data, encodeCache(key, vectors))
	})
}
