export interface Origin { readonly file: string; readonly line: number }
export interface Value { readonly text: string; readonly origin: Origin }
