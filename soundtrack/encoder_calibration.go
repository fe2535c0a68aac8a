package soundtrack

import (
	"errors"
	"fmt"

	"github.com/soundtrack-go/sdk/tagging"
)

// ErrCalibration reports that the calibration of [WithCalibration] is not for the encoder that was opened.
var ErrCalibration = errors.New("soundtrack: the calibration cannot be used")

// calibrated is the zero-shot reader of an encoder with the program's calibration; nil if there is neither.
func (c *config) calibrated(reader *tagging.ZeroShotTagger, encoder string) (*tagging.ZeroShotTagger, error) {
	if c.calibrate == nil {
		return reader, nil
	}
	theirs := c.calibrate.Encoder.ID
	if reader == nil {
		return nil, fmt.Errorf("%w: it is for %s, and nothing reads %s by texts; choose its encoder with --encoder %s, once its "+
			"texts are there: soundtrack models pull %s", ErrCalibration, theirs, encoder, theirs, theirs)
	}
	own, err := reader.Calibrated(c.calibrate)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; fit one with: soundtrack train calibration --encoder %s, or choose its encoder with --encoder %s",
			ErrCalibration, err, encoder, theirs)
	}
	return own, nil
}
