# The image: one program and the libraries that it names, as scripts/image-root puts them together. See
# docs/containers.md.
FROM swift:6.3-bookworm AS build
WORKDIR /source
RUN apt-get update -qq && apt-get install -y --no-install-recommends pkg-config libldns-dev libunbound-dev libsqlite3-dev
COPY . .
RUN swift build -c release --product classiclink-dns --static-swift-stdlib && \
    scripts/image-root .build/release/classiclink-dns /image

FROM scratch
COPY --from=build /image /
USER 65532:65532
# World files, and the state of serve --state.
VOLUME ["/world", "/state"]
EXPOSE 53/udp 53/tcp
HEALTHCHECK --interval=10s --timeout=3s CMD ["/usr/bin/classiclink-dns", "healthcheck", "--dns", "127.0.0.1:53"]
ENTRYPOINT ["/usr/bin/classiclink-dns"]
CMD ["serve", "--world", "/world", "--listen", "0.0.0.0:53"]
