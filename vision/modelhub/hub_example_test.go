package modelhub_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/modelhub"
)

// A file is fetched once, and only if it is the right one.
func ExampleHub_FetchFile() {
	data := []byte("pretend that this is a model")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}))
	defer server.Close()
	dir, err := os.MkdirTemp("", "models")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)

	noEnv := modelhub.WithEnv(func(string) string { return "" }) // so that the example does the same everywhere
	hub, err := modelhub.New(modelhub.WithCacheDir(dir), noEnv)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(data)
	file := vision.File{
		Name: "model.onnx", Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]),
		URLs: []string{server.URL + "/model.onnx"},
	}
	for range 2 {
		got, err := hub.FetchFile(context.Background(), file)
		if err != nil {
			panic(err)
		}
		fmt.Println(filepath.Base(got.Path))
	}
	// Output:
	// GET /model.onnx
	// model.onnx
	// model.onnx
}
