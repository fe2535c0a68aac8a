//go:build !turbojpeg

package turbojpeg

import "image"

// Decode returns ErrOther: this build does not have the library.
func Decode([]byte, int) (image.Image, error) { return nil, ErrOther }
