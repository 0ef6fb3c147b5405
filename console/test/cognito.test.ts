import { beforeEach, describe, expect, test, vi } from 'vitest';
import { inFours, otpauthAddress } from '../src/authenticator';
import { Cognito, claimsOf } from '../src/cognito';
import { CognitoFailure, type CognitoRefusal, refusalFor, refusalOf } from '../src/cognito-refusal';
import type { Config } from '../src/config';

const CONFIG: Config = { apiUrl: '', region: 'sa-east-1', agentPoolId: 'sa-east-1_A', agentClientId: 'client' };
const fetched = vi.fn<typeof fetch>();
const cognito = () => new Cognito(CONFIG, 'client');
const answer = (body: object | string, status = 200) => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
const asked = (call: number) => JSON.parse(String(fetched.mock.calls[call]?.[1]?.body)) as Record<string, unknown>;
const action = (call: number) => {
  const headers = new Headers(fetched.mock.calls[call]?.[1]?.headers);
  return headers.get('x-amz-target')?.split('.')[1];
};

function token(claims: object): string {
  return `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
}

async function refusal(call: Promise<unknown>): Promise<CognitoRefusal | 'none'> {
  return await call.then(() => 'none' as const, refusalOf);
}

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal('fetch', fetched);
});

test('the endpoint is the region’s own, or the one of the settings', async () => {
  fetched.mockImplementation(() => Promise.resolve(answer('')));
  await cognito().revoke('refresh');
  await new Cognito({ ...CONFIG, cognitoEndpoint: 'http://127.0.0.1:4566/' }, 'client').revoke('refresh');
  expect(fetched.mock.calls.map(([address]) => address)).toEqual([
    'https://cognito-idp.sa-east-1.amazonaws.com/',
    'http://127.0.0.1:4566/',
  ]);
});

test('a sign-in returns the tokens, and who it is from the ID token', async () => {
  const tokens = {
    AccessToken: token({ sub: '1' }),
    RefreshToken: 'refresh',
    IdToken: token({ name: 'Carla Núñez', email: 'carla@example.com' }),
  };
  fetched.mockResolvedValue(answer({ AuthenticationResult: tokens }));
  expect(await cognito().signIn('carla@example.com', 'secret')).toEqual({
    access: tokens.AccessToken,
    refresh: 'refresh',
    name: 'Carla Núñez',
    email: 'carla@example.com',
  });
});

test('a renewal keeps the refresh token that it was made with', async () => {
  fetched.mockResolvedValue(answer({ AuthenticationResult: { AccessToken: 'new' } }));
  expect(await cognito().renew('refresh')).toEqual({ access: 'new', refresh: 'refresh' });
});

describe('Cognito asks for', () => {
  test('a new password, which is given for the user that it names', async () => {
    fetched.mockResolvedValueOnce(
      answer({ ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: 's1', ChallengeParameters: { USER_ID_FOR_SRP: 'uuid' } }),
    );
    const challenge = await cognito().signIn('ana@example.com', 'first');
    expect(challenge).toEqual({ asks: 'new-password', user: 'uuid', email: 'ana@example.com', session: 's1' });
    fetched.mockResolvedValueOnce(answer({ AuthenticationResult: { AccessToken: 'a', RefreshToken: 'r' } }));
    if ('asks' in challenge) await cognito().answer(challenge, 'Pan-dulce8');
    expect(asked(1)).toMatchObject({
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: 's1',
      ChallengeResponses: { USERNAME: 'uuid', NEW_PASSWORD: 'Pan-dulce8' },
    });
  });

  test.each([
    ['SOFTWARE_TOKEN_MFA', 'SOFTWARE_TOKEN_MFA_CODE'],
    ['EMAIL_OTP', 'EMAIL_OTP_CODE'],
    ['SMS_MFA', 'SMS_MFA_CODE'],
  ])('%s, whose code goes under the name %s', async (name, field) => {
    fetched.mockResolvedValueOnce(
      answer({ ChallengeName: name, Session: 's1', ChallengeParameters: { CODE_DELIVERY_DESTINATION: 'a***' } }),
    );
    const challenge = await cognito().signIn('ana@example.com', 'secret');
    expect(challenge).toMatchObject({ asks: 'second-factor', factor: name, sentTo: 'a***' });
    fetched.mockResolvedValueOnce(answer({ AuthenticationResult: { AccessToken: 'a', RefreshToken: 'r' } }));
    if ('asks' in challenge) await cognito().answer(challenge, '123456');
    expect(asked(1)).toMatchObject({ ChallengeResponses: { USERNAME: 'ana@example.com', [field]: '123456' } });
  });

  test('one of several factors: the app is preferred, then email', async () => {
    for (const [choices, chosen] of [
      ['["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]', 'SOFTWARE_TOKEN_MFA'],
      ['["SMS_MFA","EMAIL_OTP"]', 'EMAIL_OTP'],
    ]) {
      fetched.mockReset();
      fetched.mockResolvedValueOnce(
        answer({ ChallengeName: 'SELECT_MFA_TYPE', Session: 's1', ChallengeParameters: { MFAS_CAN_CHOOSE: choices } }),
      );
      fetched.mockResolvedValueOnce(answer({ ChallengeName: chosen, Session: 's2', ChallengeParameters: {} }));
      // biome-ignore lint/performance/noAwaitInLoops: both use the same stand-in.
      expect(await cognito().signIn('ana@example.com', 'secret')).toMatchObject({ asks: 'second-factor', factor: chosen, session: 's2' });
      expect(asked(1)).toMatchObject({ ChallengeResponses: { ANSWER: chosen } });
    }
  });

  test('an authenticator app, which is set up with its first code', async () => {
    fetched.mockResolvedValueOnce(
      answer({ ChallengeName: 'MFA_SETUP', Session: 's1', ChallengeParameters: { MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' } }),
    );
    fetched.mockResolvedValueOnce(answer({ SecretCode: 'JBSWY3DPEHPK3PXP', Session: 's2' }));
    const challenge = await cognito().signIn('ana@example.com', 'secret');
    expect(challenge).toMatchObject({ asks: 'authenticator', key: 'JBSWY3DPEHPK3PXP', session: 's2' });
    fetched.mockResolvedValueOnce(answer({ Session: 's3' }));
    fetched.mockResolvedValueOnce(answer({ AuthenticationResult: { AccessToken: 'a', RefreshToken: 'r' } }));
    if ('asks' in challenge) await cognito().answer(challenge, '123456');
    expect([0, 1, 2, 3].map(action)).toEqual(['InitiateAuth', 'AssociateSoftwareToken', 'VerifySoftwareToken', 'RespondToAuthChallenge']);
    expect(asked(3)).toMatchObject({ ChallengeName: 'MFA_SETUP', Session: 's3' });
  });

  test('something unknown, and is refused', async () => {
    fetched.mockResolvedValue(answer({ ChallengeName: 'DEVICE_SRP_AUTH', Session: 's1', ChallengeParameters: {} }));
    expect(await refusal(cognito().signIn('ana@example.com', 'secret'))).toBe('unknown-challenge');
  });
});

describe('a refusal', () => {
  test.each<[number, string, CognitoRefusal]>([
    [400, 'NotAuthorizedException', 'wrong-credentials'],
    [400, 'UserNotFoundException', 'wrong-credentials'],
    [400, 'com.amazonaws.cognito#PasswordResetRequiredException', 'reset-required'],
    [400, 'InvalidPasswordException', 'weak-password'],
    [400, 'CodeMismatchException', 'wrong-code'],
    [400, 'ExpiredCodeException', 'too-late'],
    [400, 'TooManyRequestsException', 'too-many-attempts'],
    [429, '', 'too-many-attempts'],
    [400, 'SomethingNewException', 'unexpected'],
  ])('with status %i and type “%s” is %s', (status, type, expected) => {
    expect(refusalFor(status, type)).toBe(expected);
  });

  test('of a step whose session has expired says that it is too late', async () => {
    fetched.mockResolvedValue(answer({ __type: 'NotAuthorizedException' }, 400));
    const challenge = { asks: 'new-password', user: 'u', email: 'e', session: 's' } as const;
    expect(await refusal(cognito().answer(challenge, 'Pan-dulce8'))).toBe('too-late');
  });

  test('is a fault of the service if the answer is a proxy’s page or a 5xx', async () => {
    fetched.mockResolvedValueOnce(answer('<html>', 403));
    expect(await refusal(cognito().signIn('a', 'b'))).toBe('unavailable');
    fetched.mockResolvedValueOnce(answer({ __type: 'InternalErrorException' }, 500));
    expect(await refusal(cognito().signIn('a', 'b'))).toBe('unavailable');
  });

  test('is “offline” without an answer', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    expect(await refusal(cognito().signIn('a', 'b'))).toBe('offline');
  });

  test('of anything that is no failure of Cognito is unexpected', () => {
    expect(refusalOf(new CognitoFailure('offline'))).toBe('offline');
    expect(refusalOf(new Error('boom'))).toBe('unexpected');
  });
});

test('claims are read as UTF-8 from base64url', () => {
  const claims = { sub: '1', iat: 1, exp: 2, name: 'Núñez ¿?~~' };
  expect(claimsOf(token(claims))).toEqual(claims);
});

test('an authenticator app gets an address in which everything is escaped', () => {
  expect(otpauthAddress('JBSW', 'ana+1@example.com', 'Waizant BackOffice')).toBe(
    'otpauth://totp/Waizant%20BackOffice:ana%2B1%40example.com?secret=JBSW&issuer=Waizant%20BackOffice',
  );
});

test('a key to type is grouped in fours, without a space at the end', () => {
  expect(inFours('JBSWY3DPEHPK3PXP')).toBe('JBSW Y3DP EHPK 3PXP');
  expect(inFours('JBSWY3')).toBe('JBSW Y3');
});
