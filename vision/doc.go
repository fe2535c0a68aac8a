// Package vision turns pictures into what a recommender can use: safely decoded pixels, a palette, and embeddings that equal
// those of the reference implementations.
//
// # The way of a picture
//
//	file → Decode → Picture → NewPalette                      → Palette
//	                        → Preprocessor → Session (Backend) → Encoding   (together: ModelEncoder)
//	                        → Observer                         → Observation = picture, palette, encoding
//
// [Decode] reads JPEG, PNG, WebP and GIF from anybody: all limits are checked before a pixel is decoded, the decoder is
// chosen by magic bytes alone, and every refusal is a [*RefusalError] that says what would help. [Picture] is the result,
// seen upright and opaque in 8-bit sRGB. [FromImage] makes one of an image that you have decoded yourself.
//
//	pic, err := vision.Decode(ctx, r.Body)
//	switch {
//	case errors.Is(err, vision.ErrTooLarge): // 413
//	case errors.Is(err, vision.ErrFormat):   // 415
//	case errors.Is(err, vision.ErrCorrupt), errors.Is(err, vision.ErrEmpty): // 400
//	}
//
// [NewPalette] finds up to six named colours and the colour-emotion scales of a picture; it needs no model.
//
// [NewEncoder] loads a [Model] on a [Backend] (vision/onnx in pure Go, vision/ort with ONNX Runtime), checks that it is what
// its [Manifest] says, and embeds pictures in bounded batches. An [Encoder] may do more: find out by asserting
// [TextEncoder] or [DetailEncoder].
//
// [Observer] puts it together, with an encoder or without.
//
// # Texts
//
//	text → Tokenizer → Session (Backend) → embedding in the space of the pictures   (together: ModelTextEncoder)
//
// [NewJointEncoder] loads both towers of a model such as CLIP: an [Encoder] that is a [TextEncoder] as well. [NewTextEncoder]
// loads the text tower alone, [OpenTokenizer] not even that. The vocabulary is the model's own file, verified like the
// weights. The package vision/zeroshot classifies pictures by labels written into prompts; how similarities become
// probabilities is the model's [Score].
//
// # What is exact
//
// [Preprocessor] follows Hugging Face's PIL processor, on whose output CLIP was trained: Pillow's integer bicubic, its crop
// offset, its table of floats. Decoding follows what Pillow decodes with: JPEG samples, chroma upsampling and colours are
// those of libjpeg-turbo, lossy WebP is converted as by libwebp. So the tensors are equal bit for bit for every format; a
// test holds them against the reference's. Three things are decided differently on purpose: EXIF orientation is applied (see
// [WithOrientation]), 16-bit grey keeps its high byte instead of being clipped, and palettes and bilevel pictures are
// resized in RGB.
//
// [Tokenizer] gives the ids of OpenAI's and open_clip's tokenizer, cleaning included, for any text but a few that it names;
// what they treat as commands in a text, we do not.
//
// # Limits and cost
//
// The zero value of [Limits] is documented field by field. A server should bound all decodes together as well: [Probe] tells
// in microseconds what a decode will take, as a weight for a semaphore. Of the way from a photograph to a network's input
// most is decoding, and all of it is a fraction of the network.
//
// # Decoders
//
// JPEG, which is what photographs are, has a decoder of our own in pure Go, about five times as fast as image/jpeg on a CPU
// with AVX2 and exact; image/jpeg is left with the few kinds that ours does not know, such as RGB and YCCK. The other
// formats are the standard library's and golang.org/x/image's. A build with the tag turbojpeg decodes JPEG with the
// machine's libjpeg-turbo instead (cgo; Debian: libturbojpeg0-dev): the same pixels, at about the same speed, from code that
// half the world runs. What it refuses goes to our own decoder, which has the last word.
//
// [WithScaledDecode] gives some of the exactness up for speed: a large photograph is decoded at a fraction of its size.
//
// # Rules
//
// Everything here is safe for concurrent use unless it says otherwise; nothing is global; inputs are neither changed nor
// kept, except by [FromImage] and the pictures of an [Observation]. Nothing is logged. Metadata of a file, such as where it
// was taken, is never kept: only the orientation, which is applied, and the time of capture.
package vision
