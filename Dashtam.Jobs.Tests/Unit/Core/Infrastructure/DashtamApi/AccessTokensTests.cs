using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Infrastructure.DashtamApi;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.DashtamApi;

[Category("Unit")]
internal sealed class AccessTokensTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";
    private const string Email = "alice@example.test";
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_795_476_787);
    private static readonly Guid UserId = new("5eed0000-0000-7000-8000-000000000001");

    [Test]
    public void A_token_has_the_claims_of_dashtam_apis_own_and_lives_five_minutes()
    {
        var expected = JsonElement.Parse(ApiFixture.Read("http-access-token-claims.json"));

        var claims = Claims(Create());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Names(claims), Is.EqualTo(Names(expected)));
            foreach (var name in new[] { "sub", "email", "roles" })
            {
                Assert.That(JsonElement.DeepEquals(claims.GetProperty(name), expected.GetProperty(name)), Is.True, name);
            }

            Assert.That(
                claims.GetProperty("iat").GetInt64(), Is.EqualTo(Now.AddSeconds(-10).ToUnixTimeSeconds()), "for clocks that differ");
            Assert.That(claims.GetProperty("exp").GetInt64(), Is.EqualTo(Now.AddMinutes(5).ToUnixTimeSeconds()));
            Assert.That(claims.GetProperty("jti").GetGuid().Version, Is.EqualTo(7));
        }
    }

    [Test]
    public async Task A_token_is_signed_with_the_key_of_dashtam_api()
    {
        var right = await ValidateAsync(Create(), Key);
        var wrong = await ValidateAsync(Create(), Key.Replace('0', 'x'));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(right.Exception, Is.Null);
            Assert.That(right.IsValid, Is.True);
            Assert.That(wrong.IsValid, Is.False);
            Assert.That(new JsonWebToken(Create()).Alg, Is.EqualTo("HS256"));
        }
    }

    private static string Create() => new AccessTokens(
        Options.Create(new DashtamApiOptions { SecretKey = Key }), new FakeTimeProvider(Now)).Create(UserId, Email);

    private static JsonElement Claims(string token) =>
        JsonElement.Parse(Base64UrlEncoder.DecodeBytes(token.Split('.')[1]));

    private static IEnumerable<string> Names(JsonElement claims) => claims.EnumerateObject().Select(claim => claim.Name);

    private static Task<TokenValidationResult> ValidateAsync(string token, string key) =>
        new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)),
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false, // the claims are compared above
        });
}
