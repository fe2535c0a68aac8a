package modelhub

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFileInsideAnArchive(t *testing.T) {
	t.Parallel()
	data := model(20_000)
	archive := zipOf(t, "lib/other", []byte("x"), "lib/model", data)
	server := serveData(t, archive)
	f := fileOf(data, server.URL+"/a.zip#lib/model")
	f.Archive = digestOf(archive)
	requireFetched(t, newHub(t), f, data)

	f.Archive = ""
	_, err := newHub(t).FetchFile(t.Context(), f)
	require.ErrorContains(t, err, "lacks the digest of the archive")
}

// Archives whose digest is pinned may still be hostile: whoever wrote the manifest may not have looked.
func TestHostileArchives(t *testing.T) {
	t.Parallel()
	data := model(1000)
	bomb := make([]byte, 2<<20)
	link := func(name string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		header := &zip.FileHeader{Name: name}
		header.SetMode(fs.ModeSymlink | 0o777)
		out, err := w.CreateHeader(header)
		require.NoError(t, err)
		_, err = out.Write([]byte("/etc/passwd"))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return b.Bytes()
	}
	flipped := zipOf(t, "m", data)
	flipped[200] ^= 1 // in the compressed data: the CRC tells
	lying := zipOf(t, "m", bomb)
	directory := bytes.LastIndex(lying, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(lying[directory+24:], 1000) // "1,000 bytes uncompressed"

	rows := []struct {
		name    string
		archive []byte
		inside  string
		want    string
	}{
		{"not a zip", model(999), "m", "not a valid zip"},
		{"empty", nil, "m", "not a valid zip"},
		{"truncated", zipOf(t, "m", data)[:600], "m", "not a valid zip"},
		{"missing", zipOf(t, "n", data), "m", `no file "m"`},
		{"twice", zipOf(t, "m", data, "m", data), "m", "two files"},
		{"folder", zipOf(t, "m/", []byte(nil)), "m/", "not a"},
		{"link", link("m"), "m", "not a regular file"},
		{"bomb", zipOf(t, "m", bomb), "m", "larger than the limit"},
		{"bomb that lies", lying, "m", "not a valid zip"},
		{"flipped bit", flipped, "m", "m"},
		{"absolute path", zipOf(t, "/m", data), "m", "no file"},
		{"climbing path", zipOf(t, "../m", data), "m", "no file"},
		{"other contents", zipOf(t, "m", model(1001)[:1000]), "m", "SHA-256"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			server := serveData(t, row.archive)
			f := fileOf(data, server.URL+"/a.zip#"+row.inside)
			f.Size, f.Archive = 0, digestOf(row.archive)
			hub := newHub(t, WithMaxBytes(100_000))
			_, err := hub.FetchFile(t.Context(), f)
			require.ErrorIs(t, err, ErrUnavailable)
			require.ErrorContains(t, err, row.want)
			require.Empty(t, snapshot(t, hub))
		})
	}
}
