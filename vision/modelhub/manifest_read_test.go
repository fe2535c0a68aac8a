package modelhub

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/soundtrack-go/sdk/vision"
)

func TestReadManifest(t *testing.T) {
	t.Parallel()
	want := manifestOf(fileOf(model(10), "https://example.invalid/model"))
	want.Known = &vision.KnownAnswer{Components: map[int]float64{3: .5}, Tolerance: 1e-3}
	good, err := json.Marshal(want)
	require.NoError(t, err)
	got, err := ReadManifest(strings.NewReader(" " + string(good) + "\n"))
	require.NoError(t, err)
	require.Equal(t, want, got)

	rows := map[string]string{
		"empty":         "",
		"null":          "null",
		"unknown field": strings.Replace(string(good), `"id"`, `"cmd":"x","id"`, 1),
		"deep field":    strings.Replace(string(good), `"sha256"`, `"sha-256":"","sha256"`, 1),
		"two values":    string(good) + "{}",
		"trailing text": string(good) + "x",
		"no digest":     strings.Replace(string(good), digestOf(model(10)), "", 1),
		"wrong type":    strings.Replace(string(good), `"dim":4`, `"dim":"4"`, 1),
		"too long":      string(good) + strings.Repeat(" ", maxManifest),
	}
	for name, text := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadManifest(strings.NewReader(text))
			require.ErrorIs(t, err, vision.ErrModel)
		})
	}
	mishap := errors.New("mishap")
	_, err = ReadManifest(iotest.ErrReader(mishap))
	require.ErrorIs(t, err, mishap)
}

func FuzzReadManifest(f *testing.F) {
	good, err := json.Marshal(manifestOf(fileOf(model(10), "pkg:pypi/x@1#a")))
	require.NoError(f, err)
	f.Add(string(good))
	f.Add(`{"id":"x","known":{"components":{"99999999999999999999":1}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadManifest(strings.NewReader(text))
		if err == nil {
			require.NoError(t, m.Validate())
		}
	})
}
