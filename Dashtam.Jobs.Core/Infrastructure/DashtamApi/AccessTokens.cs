using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>Makes a user's own access tokens: dashtam-api knows no other callers than its users.</summary>
internal sealed class AccessTokens(IOptions<DashtamApiOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    // A verifier refuses a token from its future, and two machines' clocks are never quite the same.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(10);
    private static readonly string[] Roles = ["user"];

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly SigningCredentials _credentials = new(
        new SymmetricSecurityKey(Encoding.UTF8.GetBytes(options.Value.SecretKey
            ?? throw new InvalidOperationException("DASHTAM_API_SECRET_KEY is not set."))),
        SecurityAlgorithms.HmacSha256);

    /// <summary>A token of five minutes, for one call.</summary>
    public string Create(Guid userId, string email)
    {
        var now = time.GetUtcNow();
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            SigningCredentials = _credentials,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = userId.ToString("D"),
                ["email"] = email,
                ["roles"] = Roles,
                ["iat"] = (now - ClockSkew).ToUnixTimeSeconds(),
                ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
                ["jti"] = Guid.CreateVersion7(now).ToString("D"),
            },
        });
    }
}
