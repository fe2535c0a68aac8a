package tagging

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/soundtrack-go/sdk/vision"
)

// CalibrationFile holds fitted calibrations with what they were fitted to: they mean nothing for other weights or other
// prompts. Start one with [ZeroShotTagger.NewCalibrationFile], use it with [ZeroShotTagger.Calibrated].
type CalibrationFile struct {
	Version int                `json:"version"` // 1
	Encoder CalibrationEncoder `json:"encoder"`
	// Prompts is the lower-case hex SHA-256 of the text tower's weights, the score and everything that was put to the tower.
	Prompts string                   `json:"prompts_sha256"`
	Data    CalibrationData          `json:"data"`
	Kinds   map[Kind]KindCalibration `json:"kinds"`
}

// CalibrationEncoder names the encoder that calibrations are for. The digest decides; without one, the id.
type CalibrationEncoder struct {
	ID     string `json:"id"`
	Digest string `json:"sha256"`
}

func (e CalibrationEncoder) space() string {
	return vision.ModelInfo{ID: e.ID, Digest: e.Digest}.Space()
}

// CalibrationData says what calibrations were fitted to.
type CalibrationData struct {
	Name     string `json:"name"`     // such as labels.csv
	Digest   string `json:"sha256"`   // of that file
	Pictures int    `json:"pictures"` // in it
}

// KindCalibration is the calibration of one kind of concepts, with how good it is on pictures left out.
type KindCalibration struct {
	Calibration
	LeftOut CalibrationReport `json:"left_out"`
}

const (
	calibrationVersion = 1
	// mostCalibrationBytes is far above what a file with every kind has.
	mostCalibrationBytes = 1 << 20
)

// NewCalibrationFile is a file for the tagger's encoder and prompts, to be filled with kinds.
func (z *ZeroShotTagger) NewCalibrationFile() *CalibrationFile {
	return &CalibrationFile{
		Version: calibrationVersion, Encoder: CalibrationEncoder{ID: z.model.ID, Digest: z.model.Digest}, Prompts: z.prompts,
		Kinds: map[Kind]KindCalibration{},
	}
}

// Validate reports what makes a file unusable: another version, nothing that it is for, no kind or one that does not exist,
// numbers that cannot be used. The error matches [ErrCalibration].
func (f *CalibrationFile) Validate() error {
	switch {
	case f == nil:
		return fmt.Errorf("%w: no file", ErrCalibration)
	case f.Version != calibrationVersion:
		return fmt.Errorf("%w: version %d, this program reads %d", ErrCalibration, f.Version, calibrationVersion)
	case f.Encoder.ID == "" || f.Prompts == "" || len(f.Kinds) == 0:
		return fmt.Errorf("%w: want an encoder, the digest of its prompts and one kind at least", ErrCalibration)
	}
	for _, kind := range slices.Sorted(maps.Keys(f.Kinds)) {
		if _, known := kinds[kind]; !known {
			return fmt.Errorf("%w: unknown kind %q", ErrCalibration, kind)
		}
		if err := f.Kinds[kind].Validate(); err != nil {
			return fmt.Errorf("%w: kind %q: %w", ErrCalibration, kind, err)
		}
	}
	return nil
}

// Write writes the file as JSON that [ReadCalibrationFile] reads. The same calibrations give the same bytes.
func (f *CalibrationFile) Write(w io.Writer) error {
	if err := f.Validate(); err != nil {
		return err
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(f)
}

// ReadCalibrationFile reads what [CalibrationFile.Write] wrote. A file of more than a megabyte, with a field that is not known
// or with anything behind its end is refused; the error matches [ErrCalibration].
func ReadCalibrationFile(r io.Reader) (*CalibrationFile, error) {
	decoder := json.NewDecoder(io.LimitReader(r, mostCalibrationBytes))
	decoder.DisallowUnknownFields()
	f := new(CalibrationFile)
	if err := decoder.Decode(f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCalibration, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: there is more behind the end", ErrCalibration)
	}
	return f, f.Validate()
}
