import type { InputProps } from '@cloudscape-design/components/input';
import { type Ref, useImperativeHandle, useRef } from 'react';
import { useField } from './field';

type Props = InputProps & { ref?: Ref<InputProps.Ref> };

export default function Input({ ref, value, onChange, autoComplete, spellcheck, ariaRequired, nativeInputAttributes, ...rest }: Props) {
  const own = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => ({ focus: () => own.current?.focus(), select: () => own.current?.select() }));
  const { type, name, autoFocus, inputMode, placeholder, disabled } = rest;
  const native = nativeInputAttributes as { className?: string } | undefined;
  return (
    <input
      {...useField()}
      ref={own}
      className={native?.className}
      value={value}
      onChange={({ target }) => onChange?.({ detail: { value: target.value } } as Parameters<NonNullable<typeof onChange>>[0])}
      type={type ?? 'text'}
      name={name}
      autoComplete={typeof autoComplete === 'string' ? autoComplete : autoComplete === false ? 'off' : undefined}
      spellCheck={spellcheck}
      // biome-ignore lint/a11y/noAutofocus: the page says where it is.
      autoFocus={autoFocus}
      inputMode={inputMode}
      placeholder={placeholder}
      disabled={disabled}
      aria-required={ariaRequired}
    />
  );
}
