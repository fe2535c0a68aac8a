package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/tagging"
)

// lookFlags say how pictures are looked at: by which encoder, and by which taggers.
type lookFlags struct {
	Models modelFlags     `embed:""`
	Heads  headFlags      `embed:""`
	LLM    llmTaggerFlags `embed:"" group:"llm"`
}

// headFlags say what was fitted to pictures of the user's own.
type headFlags struct {
	Heads       string `help:"Folder of affect heads of your own, see 'train affect --help': they replace the one that ships for the encoders that they were fitted for. none: no head at all, the unfitted table of labels." placeholder:"DIR|none"`
	Calibration string `help:"Calibration of what CLIP recognises, see 'train calibration --help'." type:"existingfile" placeholder:"FILE"`
}

// noHeads is the value that switches heads off; a folder of this name is ./none.
const noHeads = "none"

// options read what the flags name. All errors are of usage.
func (f headFlags) options() ([]soundtrack.Option, error) {
	opts, err := f.heads()
	if err != nil || f.Calibration == "" {
		return opts, err
	}
	file, err := os.Open(f.Calibration)
	if err != nil {
		return nil, &usageError{err}
	}
	defer file.Close()
	calibration, err := tagging.ReadCalibrationFile(file)
	if err != nil {
		return nil, &usageError{fmt.Errorf("--calibration %s: %w; write one with: soundtrack train calibration", f.Calibration, err)}
	}
	return append(opts, soundtrack.WithCalibration(calibration)), nil
}

func (f headFlags) heads() ([]soundtrack.Option, error) {
	switch f.Heads {
	case "":
		return nil, nil
	case noHeads:
		return []soundtrack.Option{soundtrack.WithoutAffectHead()}, nil
	}
	own, err := tagging.ReadAffectHead(os.DirFS(kong.ExpandPath(f.Heads)), ".")
	if err != nil {
		return nil, &usageError{fmt.Errorf("--heads %s: %w; write a head with: soundtrack train affect --out DIR, or say --heads none", f.Heads, err)}
	}
	return []soundtrack.Option{soundtrack.WithAffectHead(own)}, nil
}
