// SPDX-License-Identifier: Apache-2.0

import Commands

Program.divide()
await Program.main()
