package vision_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"strings"

	"github.com/soundtrack-go/sdk/vision"
	"github.com/soundtrack-go/sdk/vision/visiontest"
)

// sunset makes a PNG file: a warm sky over a dark sea.
func sunset() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 320, 256))
	for y := range 256 {
		for x := range 320 {
			c := color.RGBA{R: 244, G: 130, B: 40, A: 255}
			if y >= 192 {
				c = color.RGBA{R: 20, G: 40, B: 100, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

// The whole way: from bytes to an observation. The stub stands for a real backend, such as that of vision/onnx, and its
// model for one from vision/modelhub.
func Example() {
	ctx := context.Background()
	enc, err := vision.NewEncoder(ctx, visiontest.StubModel(), new(visiontest.Stub))
	if err != nil {
		log.Fatal(err)
	}
	defer enc.Close()
	observer, err := vision.NewObserver(vision.WithEncoder(enc))
	if err != nil {
		log.Fatal(err)
	}

	pic, err := vision.Decode(ctx, bytes.NewReader(sunset()))
	if err != nil {
		log.Fatal(err)
	}
	seen, err := observer.Observe(ctx, pic)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(seen.Picture)
	for _, s := range seen.Palette.Swatches[:2] {
		fmt.Printf("%s %.0f %%\n", s.Name, 100*s.Share)
	}
	fmt.Println(len(seen.Encoding.Embedding), "numbers in space", seen.Encoding.Model.Space())
	// Output:
	// 320×256 png
	// orange 75 %
	// dark blue 25 %
	// 6 numbers in space stub@5057ab000000
}

func ExampleDecode() {
	ctx := context.Background()
	_, err := vision.Decode(ctx, strings.NewReader("<svg/>"))
	fmt.Println(errors.Is(err, vision.ErrFormat), err)

	_, err = vision.Decode(ctx, bytes.NewReader(sunset()), vision.WithLimits(vision.Limits{Side: 200}))
	var refusal *vision.RefusalError
	if errors.As(err, &refusal) {
		fmt.Println(refusal.Reason, refusal.Got, refusal.Limit)
		fmt.Println(refusal)
	}
	// Output:
	// true vision: not a supported picture format: want JPEG, PNG, WebP or GIF
	// side 320 200
	// vision: png is 320 pixels long on one side, at most 200 are accepted
}

func ExampleProbe() {
	header, err := vision.Probe(bytes.NewReader(sunset()))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, %d × %d, %d bytes when decoded\n", header.Format, header.Width, header.Height, header.DecodedBytes)
	// Output:
	// png, 320 × 256, 327680 bytes when decoded
}

func ExampleNewPalette() {
	pic, err := vision.Decode(context.Background(), bytes.NewReader(sunset()))
	if err != nil {
		log.Fatal(err)
	}
	p := vision.NewPalette(pic)
	for _, s := range p.Swatches {
		fmt.Printf("%s %-9s %-6s %2.0f %%\n", s.Hex(), s.Name, s.Family, 100*s.Share)
	}
	fmt.Printf("lightness %.0f, heat %.1f, weight %.1f, activity %.1f, warm %.0f %%\n", p.Lightness, p.Heat, p.Weight, p.Activity, 100*p.Warm)
	// Output:
	// #f48228 orange    orange 75 %
	// #142864 dark blue blue   25 %
	// lightness 54, heat 0.9, weight 0.2, activity 1.0, warm 75 %
}

func ExamplePreprocessor() {
	clip, err := vision.NewPreprocessor(vision.Preprocess{
		Size: 224, Crop: vision.CropShortest,
		Mean: [3]float64{0.48145466, 0.4578275, 0.40821073},
		Std:  [3]float64{0.26862954, 0.26130258, 0.27577711},
	})
	if err != nil {
		log.Fatal(err)
	}
	pic, err := vision.FromImage(image.NewGray(image.Rect(0, 0, 640, 480))) // black
	if err != nil {
		log.Fatal(err)
	}
	tensor := make([]float32, clip.Len())
	if err := clip.Preprocess(tensor, pic); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(tensor), tensor[0], tensor[224*224], tensor[2*224*224])
	// Output:
	// 150528 -1.7922626 -1.7520971 -1.4802198
}

func ExamplePicture_Thumbnail() {
	pic, err := vision.Decode(context.Background(), bytes.NewReader(sunset()))
	if err != nil {
		log.Fatal(err)
	}
	small, err := pic.Thumbnail(100)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(small.Bounds())
	// Output:
	// (0,0)-(100,80)
}
