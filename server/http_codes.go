package server

import (
	"net/http"
	"strconv"

	"connectrpc.com/connect"
)

const codeOK = "ok"

// codeOfGRPC names a code in gRPC's numbers, which are those of Connect.
func codeOfGRPC(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil || n < int(connect.CodeCanceled) || n > int(connect.CodeUnauthenticated) {
		return connect.CodeUnknown.String()
	}
	return connect.Code(n).String()
}

// codeOfStatus names the code that comes nearest to a status, so that all requests are counted in one language.
func codeOfStatus(status int) string {
	switch {
	case status < 400: // 0 where the answer has no body
		return codeOK
	case status == http.StatusNotFound:
		return connect.CodeNotFound.String()
	case status == http.StatusForbidden:
		return connect.CodePermissionDenied.String()
	case status == http.StatusTooManyRequests:
		return connect.CodeResourceExhausted.String()
	case status == http.StatusRequestedRangeNotSatisfiable:
		return connect.CodeOutOfRange.String()
	case status == http.StatusMethodNotAllowed, status == http.StatusNotImplemented:
		return connect.CodeUnimplemented.String()
	case status == http.StatusServiceUnavailable:
		return connect.CodeUnavailable.String()
	case status < 500:
		return connect.CodeInvalidArgument.String()
	default:
		return connect.CodeInternal.String()
	}
}
