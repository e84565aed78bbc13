// SPDX-License-Identifier: Apache-2.0
//
// libcrypto of OpenSSL 3, without what OpenSSL 3 calls deprecated: such a call does not compile.
#pragma once

#define OPENSSL_API_COMPAT 30000
#define OPENSSL_NO_DEPRECATED

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
