package zeroshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
)

// A cache file, all numbers little-endian:
//
//	magic     8 bytes, with the version
//	key      32 bytes, see cacheKey
//	rows      uint32, one for each label
//	dim       uint32
//	vectors   rows × dim float32
//	checksum 32 bytes: the SHA-256 of all before
const (
	cacheMagic  = "stzshot\x01"
	cacheHeader = len(cacheMagic) + sha256.Size + 8
)

var errCache = errors.New("zeroshot: not the cache file that it should be")

func cacheSize(rows, dim int) int { return cacheHeader + 4*rows*dim + sha256.Size }

func encodeCache(key [sha256.Size]byte, vectors [][]float32) []byte {
	out := make([]byte, 0, cacheSize(len(vectors), len(vectors[0])))
	out = appendHeader(out, key, len(vectors), len(vectors[0]))
	for _, v := range vectors {
		for _, x := range v {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
		}
	}
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

func appendHeader(out []byte, key [sha256.Size]byte, rows, dim int) []byte {
	out = append(out, cacheMagic...)
	out = append(out, key[:]...)
	out = binary.LittleEndian.AppendUint32(out, uint32(rows))
	return binary.LittleEndian.AppendUint32(out, uint32(dim))
}

// decodeCache reads a file that must be for key and of that size, and whose vectors must be of unit length.
func decodeCache(data []byte, key [sha256.Size]byte, rows, dim int) ([][]float32, error) {
	if len(data) != cacheSize(rows, dim) || !bytes.HasPrefix(data, appendHeader(nil, key, rows, dim)) {
		return nil, errCache
	}
	body, sum := data[:len(data)-sha256.Size], data[len(data)-sha256.Size:]
	if sha256.Sum256(body) != [sha256.Size]byte(sum) {
		return nil, errCache
	}
	vectors := make([][]float32, rows)
	for i := range vectors {
		v, squares := make([]float32, dim), 0.0
		for k := range v {
			v[k] = math.Float32frombits(binary.LittleEndian.Uint32(body[cacheHeader+4*(i*dim+k):]))
			squares += float64(v[k]) * float64(v[k])
		}
		if !(math.Abs(squares-1) < 1e-4) {
			return nil, errCache
		}
		vectors[i] = v
	}
	return vectors, nil
}
