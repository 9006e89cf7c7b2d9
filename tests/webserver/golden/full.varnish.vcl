# Varnish 7.1 or later before a site, as its CDN. Written by 'manage.py stator serverconfig varnish'.
# It is right for the next releases too; write it again when settings change, or when names that a
# bundler has digested do. Start it so, or br and zstd are never asked for:
# varnishd -a 127.0.0.1:8080 -f FILE -p http_gzip_support=off -s malloc,256m

vcl 4.1;

import blob;
import proxy;
import std;

backend stator_application {
    .path = "/run/shop.sock";
}

acl purgers {
    "127.0.0.1";
    "::1";
}

# Who ends HTTPS before Varnish, and is believed to say so.
acl stator_terminators {
    "127.0.0.1";
    "::1";
}

# Few spellings of Accept-Encoding, since what is sent to each is kept apart.
sub stator_accept_encoding {
    std.collect(req.http.Accept-Encoding);
    # In digits: ",br=10000,gzip=050000," for "br, gzip;q=0.5". Of each the last counts.
    set req.http.X-Stator-Said = "," + regsuball(std.tolower(req.http.Accept-Encoding), "\s", "") + ",";
    set req.http.X-Stator-Said = regsuball(req.http.X-Stator-Said, ",x-gzip(?=[,;])", ",gzip");
    set req.http.X-Stator-Said = regsuball(req.http.X-Stator-Said, ",([^,;]+)(?=,)", ",\1;q=1");
    set req.http.X-Stator-Said = regsuball(req.http.X-Stator-Said, ";q=([01])(?:[.]([0-9]{0,3}))?(?=,)", "=\1\20000");
    if (req.http.X-Stator-Said ~ ",[*]=[0-9]") {
        set req.http.X-Stator-Said = regsub(req.http.X-Stator-Said, "^.*,[*]=([0-9]{5}).*$", ",br=\1,zstd=\1,gzip=\1,identity=\1") + req.http.X-Stator-Said;
    } else {
        set req.http.X-Stator-Said = ",br=00000,zstd=00000,gzip=00000,identity=00005" + req.http.X-Stator-Said;
    }
    set req.http.X-Stator-br = regsub(req.http.X-Stator-Said, "^.*,br=([0-9]{5}).*$", "\1");
    set req.http.X-Stator-zstd = regsub(req.http.X-Stator-Said, "^.*,zstd=([0-9]{5}).*$", "\1");
    set req.http.X-Stator-gzip = regsub(req.http.X-Stator-Said, "^.*,gzip=([0-9]{5}).*$", "\1");
    set req.http.X-Stator-identity = regsub(req.http.X-Stator-Said, "^.*,identity=([0-9]{5}).*$", "\1");
    if (std.integer(req.http.X-Stator-br, 0) < std.integer(req.http.X-Stator-identity, 0)) {
        set req.http.X-Stator-br = "0";
    }
    if (std.integer(req.http.X-Stator-zstd, 0) < std.integer(req.http.X-Stator-identity, 0)) {
        set req.http.X-Stator-zstd = "0";
    }
    if (std.integer(req.http.X-Stator-gzip, 0) < std.integer(req.http.X-Stator-identity, 0)) {
        set req.http.X-Stator-gzip = "0";
    }
    unset req.http.Accept-Encoding;
    call stator_next_coding;
    call stator_next_coding;
    call stator_next_coding;
    # Whoever weighs them again shall come to the same order.
    set req.http.Accept-Encoding = regsub(req.http.Accept-Encoding, "^([^,]+, [a-z]+)", "\1;q=0.9");
    set req.http.Accept-Encoding = regsub(req.http.Accept-Encoding, "^([^,]+, [^,]+, [a-z]+)", "\1;q=0.8");
    if (std.integer(req.http.X-Stator-identity, 0) == 0) {
        set req.http.Accept-Encoding = req.http.Accept-Encoding + "identity;q=0";
    }
    set req.http.Accept-Encoding = regsub(req.http.Accept-Encoding, ", $", "");
    if (req.http.Accept-Encoding == "") {
        unset req.http.Accept-Encoding;
    }
    unset req.http.X-Stator-Said;
    unset req.http.X-Stator-br;
    unset req.http.X-Stator-zstd;
    unset req.http.X-Stator-gzip;
    unset req.http.X-Stator-identity;
}

# That of the greatest weight is next; of equals the smallest form, which is the first.
sub stator_next_coding {
    if (std.integer(req.http.X-Stator-br, 0) > 0 && std.integer(req.http.X-Stator-br, 0) >= std.integer(req.http.X-Stator-zstd, 0) && std.integer(req.http.X-Stator-br, 0) >= std.integer(req.http.X-Stator-gzip, 0)) {
        set req.http.Accept-Encoding = req.http.Accept-Encoding + "br, ";
        set req.http.X-Stator-br = "0";
    } elsif (std.integer(req.http.X-Stator-zstd, 0) > 0 && std.integer(req.http.X-Stator-zstd, 0) >= std.integer(req.http.X-Stator-br, 0) && std.integer(req.http.X-Stator-zstd, 0) >= std.integer(req.http.X-Stator-gzip, 0)) {
        set req.http.Accept-Encoding = req.http.Accept-Encoding + "zstd, ";
        set req.http.X-Stator-zstd = "0";
    } elsif (std.integer(req.http.X-Stator-gzip, 0) > 0 && std.integer(req.http.X-Stator-gzip, 0) >= std.integer(req.http.X-Stator-br, 0) && std.integer(req.http.X-Stator-gzip, 0) >= std.integer(req.http.X-Stator-zstd, 0)) {
        set req.http.Accept-Encoding = req.http.Accept-Encoding + "gzip, ";
        set req.http.X-Stator-gzip = "0";
    }
}

# X-Stator says that a published file is asked for. Such a file takes no query.
sub vcl_recv {
    unset req.http.X-Stator;
    unset req.http.X-Stator-Name;
    if (req.http.Host) {
        set req.http.Host = std.tolower(req.http.Host);
    }
    call stator_accept_encoding;
    if (req.method ~ "^(?:GET|HEAD|PURGE)$" && req.url ~ "^/assets/v1/[^?]") {
        set req.url = regsub(req.url, "[?].*$", "");
        set req.http.X-Stator = "plain";
    }
}

# Purging, as docs/purge.md has it; what a proxy before Varnish hands on may be anybody's. A store has
# the keys of a file in a field of its own.
sub vcl_recv {
    if ((req.method == "PURGE" || req.method == "BAN") && req.http.X-Forwarded-For ~ ",") {
        return (synth(403));
    }
    if (req.method == "PURGE" || req.method == "BAN") {
        if (client.ip !~ purgers) { return (synth(403)); }
        if (req.method == "PURGE") { return (purge); }
        if (req.http.X-Ban-Key) {
            ban("obj.http.X-Ban-Keys ~ (^|[\s,])" + regsuball(req.http.X-Ban-Key, "[][.+*?(){}|$]", "[\0]")
                + "([\s,]|$)");
        } elsif (req.http.X-Ban-Prefix) {
            ban("obj.http.X-Ban-Host == " + req.http.Host
                + " && obj.http.X-Ban-Url ~ ^" + regsuball(req.http.X-Ban-Prefix, "[][.+*?(){}|$]", "[\0]"));
        } else {
            ban("obj.status != 0");
        }
        return (synth(200));
    }
}

sub vcl_backend_response {
    set beresp.http.X-Ban-Host = bereq.http.Host;
    set beresp.http.X-Ban-Url = bereq.url;
    set beresp.http.X-Ban-Keys = beresp.http.Surrogate-Key;
    if (beresp.http.x-amz-meta-surrogate-key) {
        set beresp.http.X-Ban-Keys = beresp.http.x-amz-meta-surrogate-key;
    }
    if (beresp.http.x-goog-meta-surrogate-key) {
        set beresp.http.X-Ban-Keys = beresp.http.x-goog-meta-surrogate-key;
    }
    if (beresp.http.x-ms-meta-surrogate_key) {
        set beresp.http.X-Ban-Keys = beresp.http.x-ms-meta-surrogate_key;
    }
}

# What never changes has a name with the form of our digests, unless it looks so by chance, or one
# that was digested by others. Hidden files and the manifest are nobody's to read.
sub vcl_recv {
    if (req.http.X-Stator) {
        unset req.http.Cookie;
        if (req.url ~ "%(?![0-9A-Fa-f]{2})|%[01]|%7[Ff]") {
            return (synth(404));
        }
        set req.http.X-Stator-Name = blob.transcode(decoding=URL, encoded=regsub(req.url, "^/assets/v1/", ""));
        if (req.http.X-Stator-Name ~ "(^|/)[.]" || req.http.X-Stator-Name ~ "^staticfiles[.][0-9a-f]+[.]json$" || req.http.X-Stator-Name == "staticfiles.json") {
            return (synth(404));
        }
        if (req.http.X-Stator-Name ~ "[.][0-9a-f]{12}([.][^./]+)?$") {
            set req.http.X-Stator = "immutable";
        }
        if (req.http.X-Stator-Name ~ "^(?:vendor/widget[.]0123456789ab[.]css)$") {
            set req.http.X-Stator = "plain";
        }
        if (req.http.X-Stator-Name ~ "^(?:build/INDEX-drvb_9fx[.]js|build/index-DRvb_9fX[.]js|default|odd \x22[$]name\x22 [{]1[}][.]js)$") {
            set req.http.X-Stator = "immutable";
        }
    }
}

# Everything else is the application's, and is kept only where it says for how long.
sub vcl_recv {
    if (proxy.is_ssl()) {
        set req.http.X-Forwarded-Proto = "https";
    } elsif (client.ip !~ stator_terminators || !req.http.X-Forwarded-Proto) {
        set req.http.X-Forwarded-Proto = "http";
    }
    if (req.http.Upgrade ~ "(?i)^websocket$") {
        return (pipe);
    }
}

sub vcl_pipe {
    if (req.http.Upgrade) {
        set bereq.http.Upgrade = req.http.Upgrade;
        set bereq.http.Connection = req.http.Connection;
    }
}

sub vcl_backend_fetch {
    unset bereq.http.X-Stator-Name;
}

# A file that never changes is shown while it is fetched again, for days if the origin fails. A plain one is
# asked for again after a second, by its ETag. What is missing now may soon be there.
sub vcl_backend_response {
    if (bereq.is_bgfetch && beresp.status >= 500) {
        return (abandon);
    }
    if (!bereq.http.X-Stator) {
        if (!beresp.http.Cache-Control && !beresp.http.Expires) {
            return (pass(120s));
        }
    } elsif (beresp.status >= 400) {
        set beresp.grace = 0s;
        set beresp.keep = 0s;
        if (beresp.ttl > 2s) {
            set beresp.ttl = 2s;
        }
    } else {
        unset beresp.http.Set-Cookie;
        set beresp.grace = 0s;
        set beresp.keep = 1d;
        if (bereq.http.X-Stator == "immutable") {
            set beresp.grace = 30d;
        }
        if (beresp.http.Cache-Control ~ "(?i)no-cache"
            && beresp.http.Cache-Control !~ "(?i)no-store|private") {
            set beresp.ttl = 1s;
            return (deliver);
        }
    }
}

# What is nobody's business.
sub vcl_deliver {
    unset resp.http.X-Ban-Host;
    unset resp.http.X-Ban-Url;
    unset resp.http.X-Ban-Keys;
    unset resp.http.Surrogate-Key;
    unset resp.http.x-amz-meta-surrogate-key;
    unset resp.http.x-goog-meta-surrogate-key;
    unset resp.http.x-ms-meta-surrogate_key;
    unset resp.http.x-amz-meta-stator-mark;
    unset resp.http.x-goog-meta-stator-mark;
    unset resp.http.x-ms-meta-stator_mark;
    unset resp.http.x-amz-id-2;
    unset resp.http.x-amz-request-id;
    unset resp.http.x-ms-request-id;
    unset resp.http.x-guploader-uploadid;
}

# Errors of our own: short, and kept by nobody.
sub vcl_backend_error {
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Content-Type = "text/plain; charset=utf-8";
    set beresp.http.X-Content-Type-Options = "nosniff";
    if (beresp.status == 404) {
        set beresp.ttl = 2s;
    }
    synthetic(beresp.status + " " + beresp.reason);
    return (deliver);
}

sub vcl_synth {
    if (resp.status == 204) {
        set resp.http.Access-Control-Allow-Origin = "*";
        set resp.http.Access-Control-Allow-Methods = "GET, HEAD, OPTIONS";
        set resp.http.Access-Control-Allow-Headers = "*";
        set resp.http.Access-Control-Max-Age = "86400";
    } else {
        set resp.http.Cache-Control = "no-store";
        set resp.http.Content-Type = "text/plain; charset=utf-8";
        set resp.http.X-Content-Type-Options = "nosniff";
        synthetic(resp.status + " " + resp.reason);
    }
    if (resp.status == 204 || resp.status == 405) {
        set resp.http.Allow = "GET, HEAD, OPTIONS";
    }
    return (deliver);
}
