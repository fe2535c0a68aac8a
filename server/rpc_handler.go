package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"github.com/soundtrack-go/sdk/server/gen/soundtrack/v1/soundtrackv1connect"
)

const (
	rpcPrefix  = "/" + soundtrackv1connect.SoundtrackServiceName + "/"
	maxMessage = 1 << 20 // bytes of an answer
)

// isRPC reports an address of the API's service.
func isRPC(path string) bool { return strings.HasPrefix(path, rpcPrefix) }

// rpc is the API by Connect, gRPC and gRPC-Web. Messages are never compressed: pictures are already, and a compressed
// message costs its inflation before it can be refused.
func (s *Server) rpc() http.Handler {
	options := append(codecs(),
		connect.WithCompression("gzip", nil, nil),
		connect.WithReadMaxBytes(int(s.messageLimit("application/json"))),
		connect.WithSendMaxBytes(maxMessage),
		connect.WithInterceptors(s.interceptor()),
		connect.WithRecover(func(_ context.Context, _ connect.Spec, _ http.Header, v any) error { return newPanicError(v) }),
	)
	_, handler := soundtrackv1connect.NewSoundtrackServiceHandler(s.service, options...)
	v := voice{
		refuse: s.writeRPCError,
		tell:   func(ctx context.Context, err error) error { return s.rpcError(ctx, err) },
	}
	return s.nameRPC(s.guardOrigins(v.refuse, s.limited(v, s.rpcUpload, handler)))
}

// nameRPC notes which procedure is called, if there is such a one.
func (s *Server) nameRPC(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch procedure := r.URL.Path; procedure {
		case soundtrackv1connect.SoundtrackServiceRecommendProcedure,
			soundtrackv1connect.SoundtrackServiceAnalyzeProcedure,
			soundtrackv1connect.SoundtrackServiceSearchSongsProcedure,
			soundtrackv1connect.SoundtrackServiceGetSongProcedure,
			soundtrackv1connect.SoundtrackServiceResolvePreviewProcedure:
			callFrom(r.Context()).procedure = strings.TrimPrefix(procedure, rpcPrefix)
			next.ServeHTTP(w, r)
		default:
			s.writeRPCError(w, r, errUnsupported)
		}
	})
}

// rpcUpload says what the body of a call may be.
func (s *Server) rpcUpload(r *http.Request) upload {
	switch r.URL.Path {
	case soundtrackv1connect.SoundtrackServiceRecommendProcedure:
		return upload{limit: s.messageLimit(r.Header.Get("Content-Type")), picture: true}
	case soundtrackv1connect.SoundtrackServiceAnalyzeProcedure:
		return upload{limit: s.messageLimit(r.Header.Get("Content-Type")), picture: true, always: true}
	default:
		return upload{limit: smallLimit}
	}
}

// messageLimit is the longest message that can hold the largest picture: in JSON a picture is base 64.
func (s *Server) messageLimit(contentType string) int64 {
	limit := s.config.limits.Bytes
	if strings.Contains(strings.ToLower(contentType), "json") {
		limit = (limit + 2) / 3 * 4
	}
	return limit + slack
}

// interceptor is where the service's errors become Connect's.
func (s *Server) interceptor() connect.UnaryInterceptorFunc {
	return func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
			if err := marked(req.Any()); err != nil {
				return nil, s.rpcError(ctx, err)
			}
			res, err := next(ctx, req)
			if err != nil {
				return nil, s.rpcError(ctx, err)
			}
			if m, ok := res.Any().(proto.Message); ok {
				if n := proto.Size(m); n > maxMessage {
					return nil, s.rpcError(ctx, fmt.Errorf("server: an answer of %d bytes, at most %d", n, maxMessage))
				}
			}
			callFrom(ctx).code = codeOK
			return res, nil
		}
	}
}
