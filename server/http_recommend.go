package server

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	v1 "github.com/soundtrack-go/sdk/server/gen/soundtrack/v1"
)

// recommendPlain answers POST /v1/recommend.
func (s *Server) recommendPlain(w http.ResponseWriter, r *http.Request) {
	res, err := s.recommendBytes(r)
	if err != nil {
		s.writePlainError(w, r, err)
		return
	}
	data, err := answerJSON.Marshal(res)
	if err == nil && len(data) > maxMessage {
		err = fmt.Errorf("server: an answer of %d bytes, at most %d", len(data), maxMessage)
	}
	if err != nil {
		s.writePlainError(w, r, err)
		return
	}
	callFrom(r.Context()).code = codeOK
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.Write(data); err != nil { //nolint:gosec // it is JSON and says so, and browsers are told not to guess
		s.log.DebugContext(r.Context(), "writing an answer", "cause", err)
	}
}

// recommendBytes reads a plain request and has the service answer it.
func (s *Server) recommendBytes(r *http.Request) (*v1.RecommendResponse, error) {
	req, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "multipart/") {
		return nil, errMultipart
	}
	if _, err := recommendRequest(req); err != nil { // before the picture is read
		return nil, err
	}
	image, err := readPicture(r.Body, r.ContentLength)
	if err != nil {
		return nil, err
	}
	req.Subject = &v1.RecommendRequest_Image{Image: image}
	return s.service.Recommend(r.Context(), req)
}

// readPicture reads a body to its end. Memory grows with what comes, not with what was announced.
func readPicture(r io.Reader, announced int64) ([]byte, error) {
	const first = 512 << 10
	var buffer bytes.Buffer
	if announced >= 0 {
		buffer.Grow(int(min(announced, first)) + bytes.MinRead)
	}
	if r != nil {
		if _, err := buffer.ReadFrom(r); err != nil {
			return nil, err
		}
	}
	return buffer.Bytes(), nil
}
