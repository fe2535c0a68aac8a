package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"connectrpc.com/connect"

	"github.com/soundtrack-go/sdk/catalog"
	"github.com/soundtrack-go/sdk/catalog/demo"
	"github.com/soundtrack-go/sdk/catalog/preview"
	"github.com/soundtrack-go/sdk/match"
	"github.com/soundtrack-go/sdk/soundtrack"
	"github.com/soundtrack-go/sdk/vision"
)

// Reasons as clients see them; see ErrorDetail.reason in the schema.
const (
	reasonTooLarge  = "picture-too-large"
	reasonFormat    = "picture-format"
	reasonCorrupt   = "picture-corrupt"
	reasonEmpty     = "picture-empty"
	reasonInvalid   = "invalid"
	reasonNotFound  = "not-found"
	reasonBusy      = "busy"
	reasonNoPreview = "no-preview"
	reasonState     = "state"
	reasonTimeout   = "timeout"
	reasonInternal  = "internal"
)

// statusCancelled is what a request gets whose client has gone. Nobody reads it but the log.
const statusCancelled = 499

// rule says how errors that match a sentinel are told to clients.
type rule struct {
	sentinel error
	code     connect.Code
	status   int // of the plain endpoints
	reason   string
	// text makes the public message, from what is known to be fit for the public only: an error's own text may hold
	// causes from below, with paths, addresses and keys.
	text   func(error) string
	remedy string
	retry  time.Duration // 0 if trying again does not help
}

// rules is the table; the first rule whose sentinel an error matches decides. An error without a rule is internal.
func rules() []rule {
	const (
		correct  = "Correct the request; sending it again as it is does not help."
		shrink   = "Make the picture smaller and send it again."
		soon     = "Try again after the given time."
		plain    = "Send the bytes of the picture as they are, for instance with: curl --data-binary @photo.jpg"
		anew     = "Send the picture again, whole, or save it anew first."
		pixels   = "Send a picture."
		formats  = "Send a JPEG, PNG, WebP or GIF picture."
		again    = "Send the picture again instead of the state."
		existing = "Ask for the id of a song that an answer or a search has named."
		other    = "Choose another song."
	)
	return []rule{
		{context.Canceled, connect.CodeCanceled, statusCancelled, reasonTimeout, says("the call was cancelled"), soon, retryAfter},
		{context.DeadlineExceeded, connect.CodeDeadlineExceeded, http.StatusGatewayTimeout, reasonTimeout,
			says("the answer was not ready in time"), "Try again, allow more time, or send a smaller picture.", retryAfter},
		{errUploadTime, connect.CodeDeadlineExceeded, http.StatusRequestTimeout, reasonTimeout,
			says("the request did not arrive in time"), "Send a smaller picture, or use a faster connection.", retryAfter},
		{ErrBusy, connect.CodeResourceExhausted, http.StatusTooManyRequests, reasonBusy,
			says("the server has more to do than it can"), soon, retryAfter},
		{ErrNotReady, connect.CodeUnavailable, http.StatusServiceUnavailable, reasonBusy,
			says("the server is still starting"), soon, 5 * retryAfter},
		{catalog.ErrClosed, connect.CodeUnavailable, http.StatusServiceUnavailable, reasonBusy,
			says("the server is shutting down"), soon, 5 * retryAfter},

		{vision.ErrTooLarge, connect.CodeResourceExhausted, http.StatusRequestEntityTooLarge, reasonTooLarge, refusalText, shrink, 0},
		{vision.ErrFormat, connect.CodeInvalidArgument, http.StatusUnsupportedMediaType, reasonFormat, refusalText, formats, 0},
		{vision.ErrCorrupt, connect.CodeInvalidArgument, http.StatusUnprocessableEntity, reasonCorrupt, refusalText, anew, 0},
		{vision.ErrEmpty, connect.CodeInvalidArgument, http.StatusUnprocessableEntity, reasonEmpty, refusalText, pixels, 0},
		{errCompressed, connect.CodeUnimplemented, http.StatusUnsupportedMediaType, reasonFormat,
			says("uploads must not be compressed: pictures are already"), "Send the request without content or message encoding.", 0},
		{errMultipart, connect.CodeInvalidArgument, http.StatusUnsupportedMediaType, reasonFormat,
			says("forms are not read here"), plain, 0},

		{soundtrack.ErrState, connect.CodeInvalidArgument, http.StatusBadRequest, reasonState,
			says("the state is not one of this server and version"), again, 0},
		{ErrInvalid, connect.CodeInvalidArgument, http.StatusBadRequest, reasonInvalid, invalidText, correct, 0},
		{match.ErrInvalid, connect.CodeInvalidArgument, http.StatusBadRequest, reasonInvalid, invalidText, correct, 0},
		{catalog.ErrInvalid, connect.CodeInvalidArgument, http.StatusBadRequest, reasonInvalid, invalidText, correct, 0},
		{soundtrack.ErrRequest, connect.CodeInvalidArgument, http.StatusBadRequest, reasonInvalid, invalidText, correct, 0},
		{catalog.ErrNotFound, connect.CodeNotFound, http.StatusNotFound, reasonNotFound, notFoundText, existing, 0},
		{preview.ErrNoPreview, connect.CodeNotFound, http.StatusNotFound, reasonNoPreview, noPreviewText, other, 0},
		{demo.ErrNotFound, connect.CodeNotFound, http.StatusNotFound, reasonNoPreview, says("there is no such demo track"), other, 0},

		{errNoRoute, connect.CodeNotFound, http.StatusNotFound, reasonNotFound, says("there is nothing at this address"), correct, 0},
		{errMethod, connect.CodeUnimplemented, http.StatusMethodNotAllowed, reasonInvalid,
			says("this address does not know the method"), correct, 0},
		{errUnsupported, connect.CodeUnimplemented, http.StatusNotImplemented, reasonInvalid,
			says("this server cannot do that"), "Use another server, or another call.", 0},
		{errForeignOrigin, connect.CodePermissionDenied, http.StatusForbidden, reasonInvalid,
			says("pages of other origins may not use this server"), "Ask the operator to allow the origin of the page.", 0},
	}
}

// failure is an error as clients are told.
type failure struct {
	code    connect.Code
	status  int
	reason  string
	message string
	remedy  string
	retry   time.Duration
}

// judge looks an error up in the table.
func judge(err error) failure {
	for _, r := range rules() {
		if errors.Is(err, r.sentinel) {
			f := failure{r.code, r.status, r.reason, r.text(err), r.remedy, r.retry}
			if busy := new(BusyError); errors.As(err, &busy) {
				f.retry = busy.RetryAfter
			}
			return f
		}
	}
	return failure{
		code: connect.CodeInternal, status: http.StatusInternalServerError, reason: reasonInternal,
		message: "internal error", remedy: "Tell the operator the request id if it happens again.",
	}
}

// says makes a text that is always the same.
func says(text string) func(error) string { return func(error) string { return text } }

// refusalText is that of a [vision.RefusalError], which is made for whoever sent the picture.
func refusalText(err error) string {
	if refusal := new(vision.RefusalError); errors.As(err, &refusal) {
		return strings.TrimPrefix(refusal.Error(), "vision: ")
	}
	return "the picture cannot be used"
}

// invalidText names field and reason where a typed error knows them.
func invalidText(err error) string {
	var (
		own      *InvalidError
		ofMatch  *match.InvalidError
		ofStore  *catalog.InvalidError
		field    string
		why      string
		knownErr = true
	)
	switch {
	case errors.As(err, &own):
		field, why = own.Field, own.Reason
	case errors.As(err, &ofMatch):
		field, why = ofMatch.Field, ofMatch.Reason
	case errors.As(err, &ofStore):
		field, why = ofStore.Field, ofStore.Reason
	default:
		knownErr = false
	}
	if !knownErr {
		return "the request is not valid"
	}
	return field + ": " + why
}

// notFoundText names the id that was asked for.
func notFoundText(err error) string {
	if missing := new(catalog.NotFoundError); errors.As(err, &missing) {
		return fmt.Sprintf("song %.64q not found", string(missing.ID))
	}
	return "song not found"
}

// noPreviewText tells what was tried; package preview makes it for people, without addresses.
func noPreviewText(err error) string {
	if none := new(preview.NoPreviewError); errors.As(err, &none) {
		return strings.TrimPrefix(none.Error(), "preview: ")
	}
	return "there is nothing to play for this song"
}
