// SPDX-License-Identifier: Apache-2.0
//
// libcurl's option functions are variadic, which Swift cannot call: one typed function for each kind of argument.
#pragma once

#include <curl/curl.h>

/// curl_easy_setopt(3) for options that take a `long`.
static inline CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl_easy_setopt(3) for options that take text; libcurl copies it.
static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl_easy_setopt(3) for options that take memory which must outlive the transfer.
static inline CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl_easy_setopt(3) for options that take bytes; libcurl copies them.
static inline CURLcode ccurl_set_copy(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

/// curl_easy_setopt(3) for options that take a function for received or sent bytes.
static inline CURLcode ccurl_set_receiver(CURL *handle, CURLoption option,
                                          size_t (*receiver)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(handle, option, receiver);
}

/// curl_easy_setopt(3) for options that take a `curl_off_t`.
static inline CURLcode ccurl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

/// curl_easy_setopt(3) for the option that takes a function which seeks in the sent body.
static inline CURLcode ccurl_set_seeker(CURL *handle, CURLoption option, int (*seeker)(void *, curl_off_t, int)) {
    return curl_easy_setopt(handle, option, seeker);
}

/// curl_easy_getinfo(3) for facts that are a `long`; 0 when there is no such fact.
static inline long ccurl_get_long(CURL *handle, CURLINFO fact) {
    long value = 0;
    return curl_easy_getinfo(handle, fact, &value) == CURLE_OK ? value : 0;
}

/// curl_easy_getinfo(3) for facts that are a `curl_off_t`; -1 when there is no such fact.
static inline curl_off_t ccurl_get_offset(CURL *handle, CURLINFO fact) {
    curl_off_t value = -1;
    return curl_easy_getinfo(handle, fact, &value) == CURLE_OK ? value : -1;
}

/// curl_easy_getinfo(3) for facts that are text, which lives as long as the handle; NULL when there is no such fact.
static inline const char *ccurl_get_text(CURL *handle, CURLINFO fact) {
    char *value = NULL;
    return curl_easy_getinfo(handle, fact, &value) == CURLE_OK ? value : NULL;
}
