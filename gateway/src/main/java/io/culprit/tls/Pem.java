package io.culprit.tls;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * Reads PEM files (RFC 7468): certificates, and keys in PKCS#1, SEC 1 or PKCS#8, in the clear or under a passphrase. The
 * parser is Bouncy Castle's. Stateless.
 */
public final class Pem {
    private Pem() {}

    /**
     * @param passphrase of an encrypted key, empty for none
     * @throws PemException when a file cannot be read, or the key is not the certificate's
     */
    public static CertificateChain chain(Path certificate, Path key, String passphrase) throws PemException {
        List<X509Certificate> certificates = certificates(certificate);
        PrivateKey read = key(key, passphrase);
        PublicKey leaf = certificates.get(0).getPublicKey();
        if (!belongs(read, leaf)) {
            throw new PemException("%s is not the key of %s: that one is for an %s key of %s"
                    .formatted(
                            key,
                            certificate,
                            leaf.getAlgorithm(),
                            certificates.get(0).getSubjectX500Principal().getName()));
        }
        return new CertificateChain(certificate.toString(), certificates, read);
    }

    /**
     * All certificates of a file, at least one.
     *
     * @throws PemException when the file cannot be read or has none
     */
    public static List<X509Certificate> certificates(Path file) throws PemException {
        List<X509Certificate> certificates = new ArrayList<>();
        try (PEMParser parser = new PEMParser(text(file))) {
            for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
                if (each instanceof X509CertificateHolder holder) {
                    certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
                }
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw broken(file, "a certificate", e);
        }
        if (certificates.isEmpty()) {
            throw new PemException(file + " has no certificate (no -----BEGIN CERTIFICATE-----)");
        }
        return certificates;
    }

    private static PrivateKey key(Path file, String passphrase) throws PemException {
        try (PEMParser parser = new PEMParser(text(file))) {
            for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
                PrivateKeyInfo info = keyInfo(file, each, passphrase);
                if (info != null) {
                    return new JcaPEMKeyConverter().getPrivateKey(info);
                }
            }
        } catch (PemException e) {
            throw e;
        } catch (OperatorCreationException | PKCSException | org.bouncycastle.openssl.PEMException e) {
            throw new PemException(
                    "the key in " + file + " cannot be read: the passphrase is wrong or the file is damaged");
        } catch (IOException | RuntimeException e) {
            throw broken(file, "a key", e);
        }
        throw new PemException(file + " has no private key (no -----BEGIN PRIVATE KEY-----)");
    }

    /** @return null for what is no key */
    private static @Nullable PrivateKeyInfo keyInfo(Path file, Object read, String passphrase)
            throws IOException, PemException, OperatorCreationException, PKCSException {
        boolean encrypted = read instanceof PKCS8EncryptedPrivateKeyInfo || read instanceof PEMEncryptedKeyPair;
        if (encrypted && passphrase.isEmpty()) {
            throw new PemException("the key in " + file + " is encrypted: tls.passphrase is missing");
        }
        if (read instanceof PKCS8EncryptedPrivateKeyInfo info) {
            return info.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(passphrase.toCharArray()));
        }
        if (read instanceof PEMEncryptedKeyPair pair) {
            return pair.decryptKeyPair(new JcePEMDecryptorProviderBuilder()
                            .setProvider(new BouncyCastleProvider())
                            .build(passphrase.toCharArray()))
                    .getPrivateKeyInfo();
        }
        if (read instanceof PEMKeyPair pair) {
            return pair.getPrivateKeyInfo();
        }
        return read instanceof PrivateKeyInfo info ? info : null;
    }

    /** Whether what one signs the other verifies. */
    private static boolean belongs(PrivateKey key, PublicKey certificate) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            byte[] probe = "culprit".getBytes(StandardCharsets.US_ASCII);
            Signature sign = Signature.getInstance(algorithm);
            sign.initSign(key);
            sign.update(probe);
            byte[] signed = sign.sign();
            Signature verify = Signature.getInstance(algorithm);
            verify.initVerify(certificate);
            verify.update(probe);
            return verify.verify(signed);
        } catch (SignatureException | java.security.InvalidKeyException e) {
            return false; // keys of two kinds
        } catch (GeneralSecurityException e) {
            return true; // a kind that this machine cannot try; the handshake will tell
        }
    }

    private static Reader text(Path file) throws IOException {
        return new StringReader(Files.readString(file, StandardCharsets.ISO_8859_1));
    }

    private static PemException broken(Path file, String what, Exception e) {
        if (e instanceof NoSuchFileException) {
            return new PemException(file + " does not exist");
        }
        if (e instanceof AccessDeniedException) {
            return new PemException(file + " cannot be read: permission denied");
        }
        return new PemException(file + " cannot be read as " + what + ": " + e.getMessage());
    }
}
