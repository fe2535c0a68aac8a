// Package turbojpeg decodes JPEG with the machine's libjpeg-turbo, through its TurboJPEG interface (2.0 or later), in
// builds with the tag turbojpeg. That needs cgo, a C compiler and the library's headers (Debian: libturbojpeg0-dev). Builds
// without the tag have the same function, which leaves every picture to others.
//
// Planes of luma and chroma are all that is asked of the library at full size: upsampling and colours are the same code as
// for every other decoder. Reduced sizes, whose chroma the library upsamples while it transforms, come as RGB. With
// libjpeg-turbo 2.1.5, which Debian 12 has, all goldens made by 3.2 hold bit for bit.
package turbojpeg

import "errors"

// ErrOther reports a picture that is left to another decoder: of a kind whose samples would not be exact here, or damaged.
// The other decoder says what is wrong.
var ErrOther = errors.New("turbojpeg: left to another decoder")
