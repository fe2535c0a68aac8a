//go:build !cgo

package ort

import (
	"context"

	"github.com/soundtrack-go/sdk/vision"
)

// built says that this program can load a library.
const built = false

// open says why nothing can be opened.
func (b *Backend) open(context.Context, vision.ModelFile, vision.SessionOptions) (vision.Session, error) {
	_, err := b.find()
	return nil, err
}
