package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"strconv"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
)

// inspectCmd shows what a model is given and what it makes of it: for those who compare it with another stack.
type inspectCmd struct {
	Picture   string  `arg:"" optional:"" help:"Picture: JPEG, PNG, WebP or GIF. - reads standard input."`
	Crop      string  `help:"Write the exact picture that the model sees, before it becomes numbers. Needs no weights." type:"path" placeholder:"OUT.png"`
	Embedding bool    `help:"Print the embedding: unit length."`
	Tokens    *string `help:"Print the tokens of a text instead, as JSON. Needs the vocabulary only." placeholder:"TEXT"`
	JSON      bool    `help:"Print one JSON object."`

	Upright    bool   `help:"Turn the picture as its EXIF orientation asks." default:"true" negatable:""`
	Alpha      string `help:"What becomes of transparency: white composites on white, as transformers does today; drop shows stored colours." enum:"white,drop" default:"white"`
	CropRule   string `help:"Another crop rule than the model's: shortest (Hugging Face), shortest-torchvision (OpenAI and open_clip), centre-square or stretch." placeholder:"RULE"`
	Vocabulary string `help:"Vocabulary for --tokens: a merges.txt, or bpe_simple_vocab_16e6.txt, gzip'ed or not. Default: the model's." type:"existingfile" placeholder:"FILE"`

	Models modelFlags `embed:""`
}

// Help implements kong's interface for the long help.
func (inspectCmd) Help() string {
	return `Examples:

  soundtrack inspect photo.jpg --preset clip-vit-b32-openai --crop seen.png
  soundtrack inspect photo.jpg --preset compact --embedding --json | jq .embedding
  soundtrack inspect --preset clip-vit-b32-openai --tokens "a photo of a cat"`
}

// inspection is the JSON form of what was found.
type inspection struct {
	Picture   string            `json:"picture"`
	Format    string            `json:"format"`
	Width     int               `json:"width"` // pixels, upright unless told otherwise
	Height    int               `json:"height"`
	Preset    string            `json:"preset"`
	Recipe    vision.Preprocess `json:"preprocess"`     // in the words of manifests
	Crop      string            `json:"crop,omitempty"` // the file that was written
	Encoder   *encoderLine      `json:"encoder,omitempty"`
	Space     string            `json:"space,omitempty"` // what the embedding may be compared with
	Embedding []float32         `json:"embedding,omitempty"`
}

// Run implements the command.
func (c *inspectCmd) Run(ctx context.Context, io streams) error {
	if c.Tokens != nil {
		return c.tokens(ctx, io)
	}
	if c.Picture == "" {
		return &usageError{errors.New("name a picture, or a text with --tokens; see: soundtrack inspect --help")}
	}
	m, err := c.chosen()
	if err != nil {
		return err
	}
	prep, err := vision.NewPreprocessor(m.Preprocess)
	if err != nil {
		return &usageError{err}
	}
	picture, err := c.decode(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Picture, err)
	}
	found := inspection{
		Picture: c.Picture, Format: string(picture.Format()), Width: picture.Width(), Height: picture.Height(),
		Preset: m.ID, Recipe: prep.Recipe(), Crop: c.Crop,
	}
	if c.Crop != "" {
		seen, err := prep.Crop(picture)
		if err != nil {
			return err
		}
		if err := writePNG(c.Crop, seen); err != nil {
			return err
		}
	}
	if c.Embedding {
		if err := c.embed(ctx, io, m, picture, &found); err != nil {
			return err
		}
	}
	return c.show(io, found)
}

// chosen is the manifest of the model to inspect.
func (c *inspectCmd) chosen() (vision.Manifest, error) {
	own, err := c.Models.own()
	if err != nil {
		return vision.Manifest{}, err
	}
	name := c.Models.Encoder
	if name == "" && len(own) == 1 {
		name = own[0].ID
	}
	if name == "" || name == soundtrack.PresetPalette {
		return vision.Manifest{}, &usageError{errors.New("name a model with --preset; see: soundtrack models list")}
	}
	m, err := c.Models.manifest(name)
	if c.CropRule != "" {
		m.Preprocess.Crop = c.CropRule
	}
	return m, err
}

// anyShape lets pictures pass that are longer than strangers' may be: the crop of a line can be compared, too.
var anyShape = vision.Limits{Aspect: 1 << 14}

// decode reads the picture as the flags say.
func (c *inspectCmd) decode(ctx context.Context) (*vision.Picture, error) {
	file := os.Stdin
	if c.Picture != "-" {
		var err error
		if file, err = os.Open(c.Picture); err != nil {
			return nil, errors.Unwrap(err) // the name is printed in front of it
		}
		defer file.Close()
	}
	alpha := vision.AlphaWhite
	if c.Alpha == "drop" {
		alpha = vision.AlphaDrop
	}
	return vision.Decode(ctx, file, vision.WithOrientation(c.Upright), vision.WithAlpha(alpha), vision.WithLimits(anyShape))
}

// embed has the model look at the picture.
func (c *inspectCmd) embed(ctx context.Context, io streams, m vision.Manifest, picture *vision.Picture, found *inspection) error {
	model, backend, err := c.Models.pictureModel(ctx, io, m)
	if err != nil {
		return err
	}
	encoder, err := vision.NewEncoder(ctx, model, backend)
	if err != nil {
		return err
	}
	defer func() { _ = encoder.Close() }()
	embeddings, err := encoder.Encode(ctx, []*vision.Picture{picture})
	if err != nil {
		return err
	}
	session := encoder.Session()
	found.Encoder = &encoderLine{ID: m.ID, Backend: session.Backend, Device: session.Device, Reason: session.Note}
	found.Space, found.Embedding = encoder.Info().Space(), embeddings[0]
	return nil
}

// show prints what was found, for programs or for people.
func (c *inspectCmd) show(io streams, found inspection) error {
	if c.JSON {
		return printJSON(io, found)
	}
	if c.Embedding { // one number a line, nothing else
		for _, x := range found.Embedding {
			if _, err := fmt.Fprintln(io.out, strconv.FormatFloat(float64(x), 'g', -1, 32)); err != nil {
				return err
			}
		}
		return nil
	}
	p := found.Recipe
	fmt.Fprintf(io.out, "%s: %d×%d %s; %s sees %d×%d, cropped %q\n",
		found.Picture, found.Width, found.Height, found.Format, found.Preset, p.Size, p.Size, p.Crop)
	if found.Crop != "" {
		fmt.Fprintf(io.out, "written to %s\n", found.Crop)
	}
	return nil
}

func printJSON(io streams, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "%s\n", text)
	return err
}

// writePNG writes a picture without loss.
func writePNG(name string, img image.Image) error {
	file, err := os.Create(name) //nolint:gosec // the user names the file
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(file, img), file.Close())
}
